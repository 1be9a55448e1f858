import Base

/// Callers that wait for something, first come, first served. Lives on one loop.
// @unchecked Sendable: touched only on the loop.
final class WaitQueue: @unchecked Sendable {
    enum Outcome { case granted, timedOut, cancelled }

    /// One suspended caller.
    // @unchecked Sendable: touched only on the loop.
    private final class Waiter: @unchecked Sendable {
        var continuation: UnsafeContinuation<Outcome, Never>?
        /// Nil waits for ever.
        var deadline: Timestamp?
    }

    private let loop: EventLoop
    private let limit: Duration?
    /// Also holds those who gave up, until their turn comes.
    private var waiters = Deque<Waiter>()
    /// How many still wait.
    private(set) var count = 0
    /// All have the same patience, so that one timer does, for who came first.
    private var hasTimer = false

    /// - Parameter limit: Longest wait; nil waits for ever.
    init(loop: EventLoop, limit: Duration?) {
        self.loop = loop
        self.limit = limit
    }

    /// - Parameter take: Tries once more to take what is waited for, with nothing in between that could free it unseen.
    func wait(unless take: () -> Bool) async -> Outcome {
        let waiter = Waiter()
        return await withTaskCancellationHandler {
            await suspend(waiter, unless: take)
        } onCancel: {
            loop.execute { [self] in end(waiter, .cancelled) }
        }
    }

    /// Goes on waiting when the task is cancelled.
    func waitUninterrupted(unless take: () -> Bool) async {
        precondition(limit == nil, "who may not be interrupted must not be told that it took too long")
        _ = await suspend(Waiter(), unless: take)
    }

    private func suspend(_ waiter: Waiter, unless take: () -> Bool) async -> Outcome {
        await withUnsafeContinuation { continuation in
            if take() { continuation.resume(returning: .granted); return }
            waiter.continuation = continuation
            waiters.append(waiter)
            count += 1
            guard let limit else { return }
            waiter.deadline = loop.now + limit
            if !hasTimer { setTimer(after: limit) }
        }
    }

    private func setTimer(after delay: Duration) {
        hasTimer = true
        loop.schedule(after: delay) { [weak self] in self?.expire() }
    }

    private func expire() {
        hasTimer = false
        while let first = waiters.first {
            if first.continuation != nil, let deadline = first.deadline, deadline > loop.now { return setTimer(after: deadline - loop.now) }
            _ = waiters.popFirst()
            end(first, .timedOut)
        }
    }

    /// Lets the first in line go on; false when nobody waits.
    func grantNext() -> Bool {
        while let waiter = waiters.popFirst() {
            if end(waiter, .granted) { return true }
        }
        return false
    }

    @discardableResult
    private func end(_ waiter: Waiter, _ outcome: Outcome) -> Bool {
        guard let continuation = waiter.continuation.take() else { return false }
        count -= 1
        continuation.resume(returning: outcome)
        return true
    }
}
