import Base

extension EventLoop {
    /// What a statement takes before it is executed: a moment in real time, `cost` in simulated time.
    func statementPause(_ cost: Duration) async throws(DatabaseError) {
        if isVirtual { await pause(for: cost) } else { await hop() }
        if Task.isCancelled { throw .cancelled() }
    }
}
