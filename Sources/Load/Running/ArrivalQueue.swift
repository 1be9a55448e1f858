import Base

/// Arrivals of an open model that wait for a visitor, and visitors that wait for an arrival; never both.
struct ArrivalQueue {
    /// Number of the next arrival.
    var next = 0
    private var due = Deque<Timestamp>()
    private var free: [RunMember] = []

    /// Arrivals that wait.
    var count: Int { due.count }

    mutating func add(_ time: Timestamp) { due.append(time) }

    /// The oldest arrival.
    mutating func takeDue() -> Timestamp? { due.popFirst() }

    mutating func addFree(_ member: RunMember) { free.append(member) }

    /// Who became free last: his connection is the one that is still open.
    mutating func takeFree() -> RunMember? { free.popLast() }

    mutating func forgetFree() { free = [] }
}
