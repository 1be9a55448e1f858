/// A binary heap of timers by deadline, then by order of insertion.
struct TimerHeap {
    private struct Entry {
        var deadline: Int64
        var number: UInt64
    }

    private var heap: [Entry] = []
    private var bodies: [UInt64: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    mutating func insert(at deadline: Int64, _ body: @escaping () -> Void) -> UInt64 {
        lastNumber += 1
        bodies[lastNumber] = body
        heap.append(Entry(deadline: deadline, number: lastNumber))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(child, parent) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
        return lastNumber
    }

    /// The entry stays in the heap; only its body goes, until the forgotten ones are the majority.
    mutating func remove(_ number: UInt64) {
        guard bodies.removeValue(forKey: number) != nil else { return }
        if bodies.isEmpty {
            heap.removeAll(keepingCapacity: true)
        } else if heap.count > 2 * bodies.count + Self.spareEntries {
            // Every request may set a limit and take it back: without this, they would pile up behind a timer that is due first.
            heap = heap.filter { bodies[$0.number] != nil }.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        } else {
            while let first = heap.first, bodies[first.number] == nil { removeFirst() }
        }
    }

    /// Forgotten entries that are not worth the work of taking them out.
    private static let spareEntries = 256

    var nextDeadline: Int64? { heap.first?.deadline }

    mutating func popDue(at time: Int64) -> (() -> Void)? {
        while let first = heap.first, first.deadline <= time {
            removeFirst()
            if let body = bodies.removeValue(forKey: first.number) { return body }
        }
        return nil
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (heap[a].deadline, heap[a].number) < (heap[b].deadline, heap[b].number)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2) where child < heap.count && precedes(child, least) { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
