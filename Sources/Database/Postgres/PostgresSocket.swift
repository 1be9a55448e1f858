import Base

/// One descriptor of libpq's on the loop, with at most one task waiting for it.
final class PostgresSocket {
    enum Outcome { case ready, timedOut, closed }

    let descriptor: Int32
    private let loop: EventLoop
    private var waiter: UnsafeContinuation<Outcome, Never>?
    private var timer: EventLoop.TimerID?
    private var interest: EventLoop.Interest = []
    /// Called when something arrives though nobody asked for anything.
    var onUnexpectedInput: (() -> Void)?
    /// True from a command's start to its end. Input is then left for the task that runs the command, which may be about to wait: if
    /// somebody else read it, the task would wait for what has come already.
    var isAnswerExpected = false

    init(_ descriptor: Int32, loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Suspends until the descriptor is ready. It stays watched for input afterwards.
    func wait(for interest: EventLoop.Interest, atMost limit: Duration? = nil) async throws(DatabaseError) -> Outcome {
        try watch(interest)
        return await withUnsafeContinuation { continuation in
            waiter = continuation
            if let limit { timer = loop.schedule(after: limit) { [weak self] in self?.end(.timedOut) } }
        }
    }

    private func watch(_ wanted: EventLoop.Interest) throws(DatabaseError) {
        if wanted == interest { return }
        do {
            try loop.watch(descriptor, for: wanted) { [weak self] _ in self?.becameReady() }
            interest = wanted
        } catch { throw DatabaseError(.connection, "\(error)") }
    }

    private func becameReady() {
        if waiter != nil { end(.ready) } else if !isAnswerExpected { onUnexpectedInput?() }
    }

    private func end(_ outcome: Outcome) {
        if let timer = timer.take() { loop.cancel(timer) }
        waiter.take()?.resume(returning: outcome)
    }

    /// Before the descriptor is closed, or handed back to libpq, which may close it. Whoever waits goes on with `.closed`.
    func unwatch() {
        // Once only: later the number may belong to another connection's descriptor.
        if !interest.isEmpty { loop.unwatch(descriptor) }
        interest = []
        end(.closed)
    }
}
