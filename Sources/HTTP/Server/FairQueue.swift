import Base

/// A queue in which elements of different kinds take turns, so that thousands of one kind do not keep the others waiting; within a kind
/// first come, first served.
///
/// Kinds are spread over a fixed number of flows by a hash (stochastic fairness queueing, McKenney 1990): however many kinds there are,
/// the queue stays quick, and kinds that share a flow wait for each other.
struct FairQueue<Element> {
    private struct Flow {
        let number: UInt64
        var elements = Deque<Element>()
    }

    private static var flowLimit: UInt64 { 64 }

    /// Those with elements only.
    private var flows: [Flow] = []
    private var next = 0

    var isEmpty: Bool { flows.isEmpty }

    mutating func append(_ element: Element, kind: some Sequence<UInt8>) {
        let number = Self.hash(kind) % Self.flowLimit
        if let index = flows.firstIndex(where: { $0.number == number }) { return flows[index].elements.append(element) }
        var flow = Flow(number: number)
        flow.elements.append(element)
        flows.append(flow)
    }

    mutating func popFirst() -> Element? {
        guard !flows.isEmpty else { return nil }
        if next >= flows.count { next = 0 }
        let element = flows[next].elements.popFirst()
        if flows[next].elements.isEmpty { flows.remove(at: next) } else { next += 1 }
        return element
    }

    /// FNV-1a; the standard library's hash differs from run to run, and the order of requests would with it.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
