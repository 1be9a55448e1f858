/// A binary heap of timers by deadline, then by order of insertion, and beside it a queue of pauses.
struct TimerHeap {
    /// What happens when a timer is due.
    enum Action {
        case call(() -> Void)
        case resume(UnsafeContinuation<Void, Never>)
    }

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

    /// A task that goes on at a time.
    private struct Pause {
        var entry: Entry
        var continuation: UnsafeContinuation<Void, Never>
    }

    private var heap: [Entry] = []
    /// In the order of their ends: they are short and mostly equally long, so that who comes last ends last.
    private var pauses = Deque<Pause>()
    private var lastPause = Int64.min
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

    /// Lets a task go on at a time; cannot be taken back.
    mutating func insert(at deadline: Int64, _ continuation: UnsafeContinuation<Void, Never>) {
        guard pauses.isEmpty || deadline >= lastPause else {
            _ = insert(at: deadline) { continuation.resume() }
            return
        }
        lastOrder += 1
        lastPause = deadline
        pauses.append(Pause(entry: Entry(deadline: deadline, number: lastOrder << Self.placeBits), continuation: continuation))
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

    var nextDeadline: Int64? {
        guard let pause = pauses.first?.entry.deadline else { return heap.first?.deadline }
        return heap.first.map { min(pause, $0.deadline) } ?? pause
    }

    mutating func popDue(at time: Int64) -> Action? {
        while true {
            let next = heap.first
            if let pause = pauses.first?.entry, next.map({ pause.precedes($0) }) ?? true {
                return pause.deadline <= time ? pauses.popFirst().map { .resume($0.continuation) } : nil
            }
            guard let next, next.deadline <= time else { return nil }
            removeFirst()
            if let body = takeBody(next.number) { return .call(body) }
        }
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
