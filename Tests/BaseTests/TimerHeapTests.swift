import Testing

@testable import Base

@Suite struct TimerHeapTests {
    /// Timers that come, go and are due by chance, beside a list that is searched from end to end.
    @Test func `timers are due in the order of their deadlines, then of their arrival`() {
        var random = SeededRandom(seed: 7)
        var heap = TimerHeap()
        var waiting: [(deadline: Int64, order: Int, number: UInt64)] = []
        var fired: [Int] = []
        var expected: [Int] = []
        var time: Int64 = 0
        for order in 0..<20_000 {
            let deadline = time + Int64.random(in: 0..<50, using: &random)
            waiting.append((deadline, order, heap.insert(at: deadline) { fired.append(order) }))
            // At times most are taken back, at times hardly any.
            while !waiting.isEmpty, Int.random(in: 0..<10, using: &random) < ((order / 2_000).isMultiple(of: 2) ? 6 : 1) {
                let gone = waiting.remove(at: Int.random(in: waiting.indices, using: &random))
                heap.remove(gone.number)
                heap.remove(gone.number)
            }
            time += Int64.random(in: 0..<3, using: &random)
            while case .call(let body)? = heap.popDue(at: time) { body() }
            expected += waiting.filter { $0.deadline <= time }.sorted { ($0.deadline, $0.order) < ($1.deadline, $1.order) }.map(\.order)
            waiting.removeAll { $0.deadline <= time }
            #expect(waiting.allSatisfy { $0.deadline >= heap.nextDeadline ?? .max })
        }
        #expect(fired == expected)
    }

    @Test func `the number of a timer that has fired does not take back a later one`() {
        var heap = TimerHeap()
        let first = heap.insert(at: 1) {}
        #expect(heap.popDue(at: 1) != nil)
        _ = heap.insert(at: 2) {}
        heap.remove(first)
        #expect(heap.nextDeadline == 2)
        #expect(heap.popDue(at: 2) != nil)
        #expect(heap.popDue(at: 9) == nil)
    }
}
