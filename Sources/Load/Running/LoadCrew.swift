import Base
import Foundation
import HTTP
import Synchronization

/// Runs a plan in real time on one event loop or several, each with a client and a share of the visitors.
public final class LoadCrew: Sendable {
    /// One loop's part.
    // @unchecked Sendable: `run` is set and used only on the loop.
    private final class Hand: @unchecked Sendable {
        let loop: EventLoop
        let share: LoadShare
        var run: JourneyRun?
        /// What it has measured, refreshed now and then; other loops read it.
        let published = Mutex<RunStatistics?>(nil)

        init(loop: EventLoop, share: LoadShare) {
            self.loop = loop
            self.share = share
        }
    }

    private let plan: LoadPlan
    private let options: ClientOptions
    private let hands: [Hand]
    /// Set by `stop`; a hand that begins later ends at once.
    private let isStopped = Atomic<Bool>(false)
    private let onSample: (@Sendable (Sample) -> Void)?
    private let onSecond: (@Sendable (RunStatistics) -> Void)?

    /// - Parameters:
    ///   - loop: The loop that `run` is called on; the others are made here, one thread each.
    ///   - onSample: Called with every request that has ended, on the loop that it ended on.
    ///   - onSecond: Called every second with what all loops have measured so far, on the loop that was given.
    public init(
        _ plan: LoadPlan, on loop: EventLoop, loops: Int = 1, options: ClientOptions = .default, onSample: (@Sendable (Sample) -> Void)? = nil,
        onSecond: (@Sendable (RunStatistics) -> Void)? = nil
    ) throws {
        self.plan = plan
        var options = options
        // What is lost is to be counted.
        options.repeatsLostRequests = false
        self.options = options
        self.onSample = onSample
        self.onSecond = onSecond
        var hands = [Hand(loop: loop, share: LoadShare(index: 0, count: loops))]
        for index in 1..<max(1, loops) { hands.append(Hand(loop: try EventLoop(isPrecise: true), share: LoadShare(index: index, count: loops))) }
        self.hands = hands
    }

    /// Runs to the end, or until `stop`. To be called on the loop that was given.
    ///
    /// - Throws: `Problems` or `URLPlanError` when the plan cannot be read.
    public func run() async throws -> RunStatistics {
        // Read once here, so that a mistake shows before anything begins.
        _ = try plan.journey()
        // Not in the default pool, whose threads may all be taken by callers that block.
        let others = hands.dropFirst().map { hand in Task(executorPreference: hands[0].loop) { await self.workOnThread(hand) } }
        var statistics = try await work(hands[0])
        for other in others {
            if let part = await other.value { statistics.merge(part) }
        }
        return statistics
    }

    private func workOnThread(_ hand: Hand) async -> RunStatistics? {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: try? hand.loop.run { try await self.work(hand) }) }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    private func work(_ hand: Hand) async throws -> RunStatistics {
        let client = Client(loop: hand.loop, options: options)
        defer { client.close() }
        let run = try plan.run(courier: client, loop: hand.loop, share: hand.share)
        run.onSample = onSample
        hand.run = run
        if hand.share.index == 0, let onSecond { run.onSecond = { [self] statistics in onSecond(withOthers(statistics)) } }
        if isStopped.load(ordering: .relaxed) { run.stop() }
        if hand.share.index > 0 { publish(hand) }
        await run.run()
        hand.run = nil
        hand.published.withLock { $0 = run.statistics }
        return run.statistics
    }

    private static let publishingInterval = Duration.milliseconds(500)

    private func publish(_ hand: Hand) {
        guard let run = hand.run else { return }
        hand.published.withLock { $0 = run.statistics }
        hand.loop.schedule(after: Self.publishingInterval) { self.publish(hand) }
    }

    /// Ends the run early; callable from anywhere.
    public func stop() {
        isStopped.store(true, ordering: .relaxed)
        for hand in hands { hand.loop.execute { hand.run?.stop() } }
    }

    private func withOthers(_ statistics: RunStatistics) -> RunStatistics {
        var all = statistics
        for hand in hands.dropFirst() {
            if let part = hand.published.withLock({ $0 }) { all.merge(part) }
        }
        return all
    }
}
