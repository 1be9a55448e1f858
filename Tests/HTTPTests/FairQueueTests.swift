import Base
import Testing

@testable import HTTP

@Suite struct FairQueueTests {
    private func drain(_ queue: inout FairQueue<String>) -> [String] {
        var all: [String] = []
        while let element = queue.popFirst() { all.append(element) }
        return all
    }

    @Test func `kinds take turns, and each keeps its order`() {
        var queue = FairQueue<String>()
        for number in 1...4 { queue.append("a\(number)", kind: "/a".utf8) }
        for number in 1...2 { queue.append("b\(number)", kind: "/b".utf8) }
        queue.append("c1", kind: "/c".utf8)
        let order = drain(&queue)
        #expect(order == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"])
        #expect(queue.isEmpty)
    }

    @Test func `a newcomer of another kind waits for one element, however many there are`() {
        var queue = FairQueue<String>()
        for _ in 0..<3_000 { queue.append("many", kind: "/many".utf8) }
        let first = queue.popFirst()
        queue.append("other", kind: "/other".utf8)
        let next = [queue.popFirst(), queue.popFirst()]
        #expect(first == "many")
        #expect(next.contains("other"))
    }

    @Test func `nothing is lost among many kinds`() {
        var queue = FairQueue<String>()
        let kinds = (0..<1_000).map { "/products/\($0)" }
        for kind in kinds { queue.append(kind, kind: kind.utf8) }
        let all = drain(&queue)
        #expect(all.sorted() == kinds.sorted())
    }

    @Test func `those who come one by one are no crowd, and a crowd is forgotten`() {
        var gauge = ArrivalGauge()
        var now = Timestamp(nanoseconds: 0)
        var singles = 0
        for _ in 0..<1_000 {
            if !gauge.isCrowd(at: now) { singles += 1 }
            now = now + .milliseconds(2)
        }
        let burst = (0..<200).map { _ in gauge.isCrowd(at: now) }
        let later = gauge.isCrowd(at: now + ArrivalGauge.recovery)
        #expect(singles == 1_000)
        #expect(burst == (0..<200).map { $0 >= ArrivalGauge.countAtOnce })
        #expect(!later)
    }
}
