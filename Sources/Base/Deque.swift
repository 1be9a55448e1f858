/// A queue in a ring buffer: constant time at both ends.
public struct Deque<Element> {
    private var storage: [Element?]
    private var head = 0
    public private(set) var count = 0

    /// Takes memory with the first element.
    public init() { storage = [] }

    public var isEmpty: Bool { count == 0 }

    public var first: Element? { count > 0 ? storage[head] : nil }

    public mutating func append(_ element: Element) {
        if count == storage.count { grow() }
        storage[(head + count) & (storage.count - 1)] = element
        count += 1
    }

    public mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head].take()
        head = (head + 1) & (storage.count - 1)
        count -= 1
        return element
    }

    /// Elements from the oldest (0) to the newest.
    public subscript(_ index: Int) -> Element {
        precondition(index >= 0 && index < count)
        return storage[(head + index) & (storage.count - 1)]!
    }

    /// Takes out any element; the first one takes its place.
    public mutating func swapOut(_ index: Int) -> Element? {
        precondition(index >= 0 && index < count)
        storage.swapAt(head, (head + index) & (storage.count - 1))
        return popFirst()
    }

    public mutating func removeAll() {
        for index in storage.indices { storage[index] = nil }
        head = 0
        count = 0
    }

    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: max(16, storage.count * 2))
        for index in 0..<count { larger[index] = storage[(head + index) & (storage.count - 1)] }
        storage = larger
        head = 0
    }
}
