import Base
import HTTP

/// Runs checks, several at a time, on the event loop of its caller.
public struct Runner: Sendable {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let concurrency: Int
    private let sources: VariableSources
    private let timeLimit: Duration?

    /// - Parameters:
    ///   - send: Carries the requests.
    ///   - loop: Gives the time; the caller must run on it.
    ///   - concurrency: Checks that run at the same time, at least 1. The steps of one check always follow each other.
    ///   - timeLimit: For the whole run; checks that have not ended then are reported as timed out.
    public init(
        send: any CheckTransport, loop: EventLoop, sources: VariableSources = VariableSources(), concurrency: Int = 4, timeLimit: Duration? = nil
    ) {
        transport = send
        self.loop = loop
        self.sources = sources
        self.concurrency = max(1, concurrency)
        self.timeLimit = timeLimit
    }

    /// The results in the order of the entries.
    ///
    /// - Parameters:
    ///   - library: Where the checks are that steps can play by their public id; nil takes the entries themselves.
    ///   - random: Feeds generators in variables; each check gets a stream of its own, so that their order does not matter.
    ///   - observe: Called for every result as it comes, with the place of its entry.
    public func run(
        _ entries: [CheckEntry], library: [CheckEntry]? = nil, random: inout SeededRandom, observe: (Int, CheckResult) -> Void = { _, _ in }
    ) async -> [CheckResult] {
        let seeds = entries.map { _ in random.next() }
        let plays = SubtestLibrary(library ?? entries)
        let end = timeLimit.map { loop.now + $0 }
        return await withTaskGroup(of: (Int, CheckResult).self) { group in
            var results = [CheckResult?](repeating: nil, count: entries.count)
            var next = 0
            func startOne() {
                guard next < entries.count else { return }
                let index = next
                next += 1
                group.addTask(executorPreference: loop) { (index, await run(entries[index], plays, seed: seeds[index], until: end)) }
            }
            for _ in 0..<concurrency { startOne() }
            while let (index, result) = await group.next() {
                results[index] = result
                observe(index, result)
                startOne()
            }
            return results.compactMap { $0 }
        }
    }

    private func run(_ entry: CheckEntry, _ library: SubtestLibrary, seed: UInt64, until end: Timestamp?) async -> CheckResult {
        switch entry {
        case .unavailable(let test): return CheckResult(test, at: loop.now)
        case .check(let check):
            var result = CheckResult(check, at: loop.now)
            if let reason = Self.reasonToSkip(check, library) {
                result.status = .skipped(reason)
                return result
            }
            let run = CheckRun(check, transport: transport, loop: loop, sources: sources, library: library.checks)
            return await run.result(seed: seed, until: end)
        }
    }

    /// The checks as they are before they run: those that will not run say why.
    static func announced(_ entries: [CheckEntry], library: [CheckEntry], at now: Timestamp) -> [CheckResult] {
        let plays = SubtestLibrary(library)
        return entries.map { entry in
            switch entry {
            case .unavailable(let test): return CheckResult(test, at: now)
            case .check(let check):
                var result = CheckResult(check, at: now)
                if let reason = reasonToSkip(check, plays) { result.status = .skipped(reason) }
                return result
            }
        }
    }

    /// Why a check is not run although it could be read; goes on after "because".
    static func reasonToSkip(_ check: Check, _ library: SubtestLibrary) -> String? {
        if check.isPaused { return "it is paused" }
        if check.executionRule == .skipped { return check.ownExecutionRule == .skipped ? skippedByDefinition : skippedByOverride }
        return library.obstacle(of: check)
    }

    /// In datadog-ci's words.
    static let skippedByDefinition = "of execution rule configuration in Datadog"
    static let skippedByOverride = "of an override of its execution rule"
}
