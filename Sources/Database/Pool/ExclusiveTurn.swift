import Base

/// A lock that is held across suspensions: one holder at a time, first come, first served.
final class ExclusiveTurn {
    private(set) var isTaken = false
    private let limit: Duration?
    private let queue: WaitQueue

    /// - Parameter limit: Longest wait; nil waits for ever.
    init(loop: EventLoop, limit: Duration? = nil) {
        self.limit = limit
        queue = WaitQueue(loop: loop)
    }

    func take() async throws(DatabaseError) {
        if !isTaken { isTaken = true; return }
        switch await queue.wait(atMost: limit) {
        case .granted: return
        case .timedOut: throw DatabaseError(.busy, "the lock was not given in time")
        case .cancelled: throw .cancelled()
        }
    }

    /// For what must be done even by a cancelled task.
    func takeUninterrupted() async {
        if !isTaken { isTaken = true; return }
        _ = await queue.wait(atMost: nil, isInterruptible: false)
    }

    func give() {
        // The turn passes on without becoming free: a newcomer must not overtake.
        if !queue.grantNext() { isTaken = false }
    }
}
