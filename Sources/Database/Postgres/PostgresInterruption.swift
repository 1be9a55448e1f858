import Base

/// Turns the cancellation of a task into a request to the server, and tells when that request is over.
// @unchecked Sendable: touched only on the loop.
final class PostgresInterruption: @unchecked Sendable {
    private let key: PostgresCancelKey
    private let loop: EventLoop
    private var isStatementRunning = true
    private var isRequestRunning = false
    private var waiter: UnsafeContinuation<Void, Never>?

    init(_ key: PostgresCancelKey, loop: EventLoop) {
        self.key = key
        self.loop = loop
    }

    /// From anywhere.
    func request() {
        loop.execute { [self] in
            guard isStatementRunning, !isRequestRunning else { return }
            isRequestRunning = true
            Task(executorPreference: loop) { [self] in
                // The worker's body throws nothing.
                try? await WorkerPool.shared.run { [key] in key.cancel() }
                loop.execute { [self] in
                    isRequestRunning = false
                    waiter.take()?.resume()
                }
            }
        }
    }

    /// Waits until no request is under way: a late one would hit the connection's next statement.
    func finish() async {
        isStatementRunning = false
        await withUnsafeContinuation { continuation in
            if isRequestRunning { waiter = continuation } else { continuation.resume() }
        }
    }
}
