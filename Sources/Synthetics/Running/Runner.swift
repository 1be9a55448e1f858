import Base
import HTTP

/// Runs checks, several at a time, on the event loop of its caller.
public struct Runner: Sendable {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let concurrency: Int
    private let sources: VariableSources
    private let timeLimit: Duration?
    private let browsers: (any BrowserSource)?

    /// Name of the check in whose task this is read, for transports and what they carry requests to; nil outside of checks.
    @TaskLocal public static var currentCheck: String?

    /// A browser keeps a core busy while it starts.
    private static let browserLimit = 2

    /// - Parameters:
    ///   - send: Carries the requests.
    ///   - loop: Gives the time; the caller must run on it.
    ///   - concurrency: Checks that run at the same time, at least 1, browser checks aside. The steps of one check always follow each other.
    ///   - timeLimit: For the whole run; checks that have not ended then are reported as timed out.
    ///   - browsers: Gives browser checks their browsers; without it they are skipped.
    public init(
        send: any CheckTransport, loop: EventLoop, sources: VariableSources = VariableSources(), concurrency: Int = 4, timeLimit: Duration? = nil,
        browsers: (any BrowserSource)? = nil
    ) {
        transport = send
        self.loop = loop
        self.sources = sources
        self.concurrency = max(1, concurrency)
        self.timeLimit = timeLimit
        self.browsers = browsers
    }

    /// The results in the order of the entries; a browser check has one for each device.
    ///
    /// - Parameters:
    ///   - library: Where the checks are that steps can play by their public id; nil takes the entries themselves.
    ///   - random: Feeds generators in variables; each check gets a stream of its own, so that their order does not matter.
    ///   - observe: Called for every result as it comes, with its place among all; may change it.
    public func run(
        _ entries: [CheckEntry], library: [CheckEntry]? = nil, random: inout SeededRandom, observe: (Int, inout CheckResult) -> Void = { _, _ in }
    ) async -> [CheckResult] {
        let plays = SubtestLibrary(library ?? entries)
        let entries = entries.flatMap(\.perDevice)
        let seeds = entries.map { _ in random.next() }
        let end = timeLimit.map { loop.now + $0 }
        return await withTaskGroup(of: (Int, CheckResult).self) { group in
            var results = [CheckResult?](repeating: nil, count: entries.count)
            var waiting = Dictionary(grouping: entries.indices, by: { entries[$0].needsBrowser }).mapValues { $0[...] }
            func startOne(inBrowser: Bool) {
                guard let index = waiting[inBrowser]?.popFirst() else { return }
                group.addTask(executorPreference: loop) { (index, await run(entries[index], plays, seed: seeds[index], until: end)) }
            }
            for _ in 0..<concurrency { startOne(inBrowser: false) }
            for _ in 0..<min(concurrency, Self.browserLimit) { startOne(inBrowser: true) }
            while let (index, ended) = await group.next() {
                var result = ended
                observe(index, &result)
                results[index] = result
                startOne(inBrowser: entries[index].needsBrowser)
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
            let run = CheckRun(
                check, transport: transport, loop: loop, sources: sources, library: library.checks, browsers: browsers)
            return await Self.$currentCheck.withValue(check.name) { await run.result(seed: seed, until: end) }
        }
    }

    /// The checks as they are before they run: those that will not run say why.
    static func announced(_ entries: [CheckEntry], library: [CheckEntry], at now: Timestamp) -> [CheckResult] {
        let plays = SubtestLibrary(library)
        return entries.flatMap(\.perDevice).map { entry in
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
