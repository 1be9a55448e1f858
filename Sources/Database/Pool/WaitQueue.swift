import Base

/// Callers that wait for something, first come, first served. Lives on one loop.
final class WaitQueue {
    enum Outcome { case granted, timedOut, cancelled }

    /// One suspended caller.
    // @unchecked Sendable: touched only on the loop.
    private final class Waiter: @unchecked Sendable {
        var continuation: UnsafeContinuation<Outcome, Never>?
        var timer: EventLoop.TimerID?
        weak var queue: WaitQueue?
    }

    private let loop: EventLoop
    /// Also holds those who gave up, until their turn comes.
    private var waiters = Deque<Waiter>()
    /// How many still wait.
    private(set) var count = 0

    init(loop: EventLoop) { self.loop = loop }

    /// - Parameter take: Tries once more to take what is waited for, with nothing in between that could free it unseen.
    /// - Parameter limit: Longest wait; nil waits for ever.
    /// - Parameter isInterruptible: False goes on waiting when the task is cancelled.
    func wait(unless take: () -> Bool, atMost limit: Duration?, isInterruptible: Bool = true) async -> Outcome {
        let waiter = Waiter()
        waiter.queue = self
        guard isInterruptible else { return await suspend(waiter, unless: take, atMost: limit) }
        return await withTaskCancellationHandler {
            await suspend(waiter, unless: take, atMost: limit)
        } onCancel: { [loop] in
            loop.execute { waiter.queue?.end(waiter, .cancelled) }
        }
    }

    private func suspend(_ waiter: Waiter, unless take: () -> Bool, atMost limit: Duration?) async -> Outcome {
        await withUnsafeContinuation { continuation in
            if take() { continuation.resume(returning: .granted); return }
            waiter.continuation = continuation
            waiters.append(waiter)
            count += 1
            if let limit { waiter.timer = loop.schedule(after: limit) { [weak self] in self?.end(waiter, .timedOut) } }
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
        if let timer = waiter.timer { loop.cancel(timer) }
        count -= 1
        if count == 0 { waiters.removeAll() }
        continuation.resume(returning: outcome)
        return true
    }
}
