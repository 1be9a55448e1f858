/// A bounded store that forgets its oldest elements; each element keeps a sequence number by which readers go on where they stopped.
struct Ring<Element> {
    let capacity: Int
    private var storage: ContiguousArray<Element> = []
    /// Where the oldest element is, and the next one goes, once the ring is full.
    private var oldest = 0
    /// The sequence number of the next element. Goes on after `removeAll`, so that readers' positions stay valid.
    private(set) var nextSequence = 0
    /// How many elements were overwritten.
    private(set) var dropped = 0

    init(capacity: Int) {
        precondition(capacity > 0, "a ring needs room for one element")
        self.capacity = capacity
    }

    var count: Int { storage.count }
    var firstSequence: Int { nextSequence - storage.count }

    mutating func append(_ element: Element) {
        nextSequence &+= 1
        // Grown on demand: a shop that is hardly used stays small.
        if storage.count < capacity { storage.append(element); return }
        storage[oldest] = element
        dropped &+= 1
        oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }

    /// The element with a sequence number in `firstSequence..<nextSequence`.
    subscript(_ sequence: Int) -> Element {
        _read {
            let position = oldest + (sequence - firstSequence)
            yield storage[position >= capacity ? position - capacity : position]
        }
    }

    mutating func removeAll() {
        storage = []
        oldest = 0
        dropped = 0
    }
}

/// What a reader gets that asks for everything since a sequence number.
public struct Reading<Element> {
    public var elements: [Element]
    /// Where to go on next time.
    public var next: Int
    /// Elements that came after the asked number and were forgotten before this reading.
    public var missed: Int
}

extension Ring {
    func read(since sequence: Int, limit: Int = .max) -> Reading<Element> {
        let first = Swift.max(sequence, firstSequence)
        guard first < nextSequence else { return Reading(elements: [], next: nextSequence, missed: Swift.max(0, first - sequence)) }
        let end = limit < nextSequence - first ? first + limit : nextSequence
        return Reading(elements: (first..<end).map { self[$0] }, next: end, missed: first - sequence)
    }
}
