import Base

/// How busy a pool is, and was.
public struct PoolStatistics: Sendable, Equatable {
    public var limit = 0
    public var inUse = 0
    public var waiting = 0
    /// Requests that had to wait, and how long altogether.
    public var waits = 0
    public var waitedNanoseconds: Int64 = 0
    public var timeouts = 0
}

/// Permits for connections: first come, first served, with a limit on the wait.
final class ConnectionPool {
    private struct Waiter {
        var number: Int
        var since: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
        var timer: EventLoop.TimerID
    }

    private let loop: EventLoop
    private var waiters: [Waiter] = []
    private var lastNumber = 0
    private(set) var statistics = PoolStatistics()
    /// Longest wait for a connection.
    let patience: Duration

    var limit: Int {
        didSet {
            statistics.limit = limit
            admit()
        }
    }

    init(limit: Int, patience: Duration, loop: EventLoop) {
        self.limit = limit
        self.patience = patience
        self.loop = loop
        statistics.limit = limit
    }

    /// True when a connection was free.
    @inline(__always)
    func takeIfFree() -> Bool {
        guard statistics.inUse < limit, waiters.isEmpty else { return false }
        statistics.inUse += 1
        return true
    }

    /// - Throws: `DatabaseError` of cause `poolExhausted` after `patience`.
    func take() async throws {
        if takeIfFree() { return }
        statistics.waits += 1
        lastNumber += 1
        let number = lastNumber
        let since = loop.now
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let timer = loop.schedule(after: patience) { [self] in giveUp(number) }
            waiters.append(Waiter(number: number, since: since, continuation: continuation, timer: timer))
            statistics.waiting = waiters.count
        }
    }

    private func giveUp(_ number: Int) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        let waiter = waiters.remove(at: index)
        statistics.waiting = waiters.count
        statistics.timeouts += 1
        statistics.waitedNanoseconds += patience.nanoseconds
        waiter.continuation.resume(
            throwing: DatabaseError(
                .poolExhausted(limit: limit, waited: patience), "could not obtain a database connection within \(Int(patience.milliseconds)) ms; all \(limit) pooled connections were in use"))
    }

    func giveBack() {
        statistics.inUse -= 1
        admit()
    }

    private func admit() {
        while statistics.inUse < limit, !waiters.isEmpty {
            let waiter = waiters.removeFirst()
            statistics.inUse += 1
            statistics.waiting = waiters.count
            statistics.waitedNanoseconds += loop.now.nanoseconds - waiter.since.nanoseconds
            loop.cancel(waiter.timer)
            waiter.continuation.resume()
        }
    }
}

/// A connection that somebody has taken out of a pool.
public final class Lease {
    private var onRelease: (() -> Void)?

    init(onRelease: @escaping () -> Void) { self.onRelease = onRelease }

    /// Gives the connection back; a second call does nothing. Without a call it stays away for good: that is a leak.
    public func release() {
        onRelease?()
        onRelease = nil
    }
}
