import Base

extension EventLoop {
    /// Lets everything run that is ready now. `Task.yield` would go through the default pool, another thread.
    func hop() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            execute { continuation.resume() }
        }
    }

    /// What a statement takes before it is executed: a moment in real time, `cost` in simulated time.
    func statementPause(_ cost: Duration) async throws(DatabaseError) {
        if !isVirtual {
            await hop()
            if Task.isCancelled { throw .cancelled() }
            return
        }
        do { try await sleep(for: cost) } catch { throw .cancelled() }
    }
}
