/// A binary heap of timers by deadline, then by order of insertion.
struct TimerHeap {
    private struct Entry {
        var deadline: Int64
        /// Ascends with every timer; its last bits are the place of the body.
        var number: UInt64

        func precedes(_ other: Entry) -> Bool { deadline == other.deadline ? number < other.number : deadline < other.deadline }
    }

    /// Where a body waits; empty places have the number 0. A closure inside of a structure is stored as it is, without a thunk around it.
    private struct Place {
        var number: UInt64 = 0
        var body: (() -> Void)?
    }

    private var heap: [Entry] = []
    private var places: [Place] = []
    private var freePlaces: [Int] = []
    private var count = 0
    private var lastOrder: UInt64 = 0

    /// Room for 16 million timers at one time and 10¹² after each other.
    private static let placeBits: UInt64 = 24

    private static func place(of number: UInt64) -> Int { Int(number & (1 << placeBits - 1)) }

    mutating func insert(at deadline: Int64, _ body: @escaping () -> Void) -> UInt64 {
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
        } else {
            place = places.count
            precondition(place < 1 << Self.placeBits, "too many timers at one time")
            places.append(Place())
        }
        lastOrder += 1
        let number = lastOrder << Self.placeBits | UInt64(place)
        places[place] = Place(number: number, body: body)
        count += 1
        rise(Entry(deadline: deadline, number: number))
        return number
    }

    /// The entry stays in the heap; only its body goes, until the forgotten ones are the majority.
    mutating func remove(_ number: UInt64) {
        guard takeBody(number) != nil else { return }
        if count == 0 {
            heap.removeAll(keepingCapacity: true)
        } else if heap.count > 2 * count + Self.spareEntries {
            // Every request may set a limit and take it back: without this, they would pile up behind a timer that is due first.
            heap = heap.filter { isWaiting($0.number) }.sorted { $0.precedes($1) }
        } else {
            while let first = heap.first, !isWaiting(first.number) { removeFirst() }
        }
    }

    /// Forgotten entries that are not worth the work of taking them out.
    private static let spareEntries = 256

    var nextDeadline: Int64? { heap.first?.deadline }

    mutating func popDue(at time: Int64) -> (() -> Void)? {
        while let first = heap.first, first.deadline <= time {
            removeFirst()
            if let body = takeBody(first.number) { return body }
        }
        return nil
    }

    private func isWaiting(_ number: UInt64) -> Bool { places[Self.place(of: number)].number == number }

    private mutating func takeBody(_ number: UInt64) -> (() -> Void)? {
        let place = Self.place(of: number)
        guard place < places.count, places[place].number == number else { return nil }
        let body = places[place].body
        places[place] = Place()
        freePlaces.append(place)
        count -= 1
        return body
    }

    private mutating func rise(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.precedes(heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(last) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
    }
}
