import Base

/// Hands out a limited number of permits, first come, first served.
final class PermitPool {
    private let limit: Int
    private let loop: EventLoop
    private let queue: WaitQueue
    private var inUse = 0
    private var leaked = 0
    /// Leaks that take the next permits to come free.
    private var pendingLeaks = 0
    private var totalWaits = 0
    private var totalWaitTime = Duration.zero
    private var timeouts = 0

    init(loop: EventLoop, options: DatabaseOptions) {
        self.loop = loop
        limit = options.poolLimit
        queue = WaitQueue(loop: loop, limit: options.poolTimeout)
    }

    var statistics: PoolStatistics {
        PoolStatistics(
            limit: limit, inUse: inUse, waiting: queue.count, totalWaits: totalWaits, totalWaitTime: totalWaitTime, timeouts: timeouts)
    }

    var hasPermit: Bool { inUse < limit }

    /// The fast path: a permit if one is free.
    func tryAcquire() -> Bool {
        guard hasPermit else { return false }
        inUse += 1
        return true
    }

    func acquire() async throws(DatabaseError) {
        if tryAcquire() { return }
        let start = loop.now
        totalWaits += 1
        let outcome = await queue.wait(unless: tryAcquire)
        let waited = loop.now - start
        totalWaitTime += waited
        switch outcome {
        case .granted: return
        case .cancelled: throw .cancelled()
        case .timedOut:
            timeouts += 1
            throw DatabaseError(
                .poolExhausted(limit: limit, waited: waited),
                "no connection came free within \(waited.nanoseconds / 1_000_000) ms; all \(limit) are in use")
        }
    }

    func release() {
        if pendingLeaks > 0 {
            pendingLeaks -= 1
            leaked += 1
        } else if !queue.grantNext() {
            inUse -= 1
        }
    }

    /// True when a free permit was taken; otherwise the next released one goes.
    @discardableResult
    func leak() -> Bool {
        guard tryAcquire() else { pendingLeaks += 1; return false }
        leaked += 1
        return true
    }

    func restore() {
        pendingLeaks = 0
        let count = leaked
        leaked = 0
        for _ in 0..<count { release() }
    }
}
