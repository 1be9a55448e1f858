import Base

/// A lock that is held across suspensions: one holder at a time, first come, first served.
final class ExclusiveTurn {
    private(set) var isTaken = false
    private let queue: WaitQueue

    /// - Parameter limit: Longest wait; nil waits for ever.
    init(loop: EventLoop, limit: Duration? = nil) {
        queue = WaitQueue(loop: loop, limit: limit)
    }

    func take() async throws(DatabaseError) {
        if tryTake() { return }
        switch await queue.wait(unless: tryTake) {
        case .granted: return
        case .timedOut: throw DatabaseError(.busy, "the lock was not given in time")
        case .cancelled: throw .cancelled()
        }
    }

    /// For what must be done even by a cancelled task; only where there is no limit.
    func takeUninterrupted() async {
        if tryTake() { return }
        await queue.waitUninterrupted(unless: tryTake)
    }

    private func tryTake() -> Bool {
        if isTaken { return false }
        isTaken = true
        return true
    }

    func give() {
        // The turn passes on without becoming free: a newcomer must not overtake.
        if !queue.grantNext() { isTaken = false }
    }
}
