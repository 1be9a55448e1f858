import Base
import HTTP

/// Runs checks, several at a time, on the event loop of its caller.
public struct Runner: Sendable {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let concurrency: Int
    private let sources: VariableSources

    /// - Parameters:
    ///   - send: Carries the requests.
    ///   - loop: Gives the time; the caller must run on it.
    ///   - concurrency: Checks that run at the same time, at least 1. The steps of one check always follow each other.
    public init(send: any CheckTransport, loop: EventLoop, sources: VariableSources = VariableSources(), concurrency: Int = 4) {
        transport = send
        self.loop = loop
        self.sources = sources
        self.concurrency = max(1, concurrency)
    }

    /// The results in the order of the entries.
    ///
    /// - Parameter random: Feeds generators in variables; each check gets a stream of its own, so that their order does not matter.
    public func run(_ entries: [CheckEntry], random: inout SeededRandom) async -> [CheckResult] {
        let seeds = entries.map { _ in random.next() }
        return await withTaskGroup(of: (Int, CheckResult).self) { group in
            var results = [CheckResult?](repeating: nil, count: entries.count)
            var next = 0
            func startOne() {
                guard next < entries.count else { return }
                let index = next
                next += 1
                group.addTask(executorPreference: loop) { (index, await run(entries[index], seed: seeds[index])) }
            }
            for _ in 0..<concurrency { startOne() }
            while let (index, result) = await group.next() {
                results[index] = result
                startOne()
            }
            return results.compactMap { $0 }
        }
    }

    private func run(_ entry: CheckEntry, seed: UInt64) async -> CheckResult {
        switch entry {
        case .unavailable(let test):
            return CheckResult(
                publicID: test.publicID, name: test.name, message: "", tags: test.tags, suite: test.file, status: .skipped(test.reason),
                isBlocking: false,
                isMultistep: false, steps: [], attempts: 0, attemptLimit: 0, duration: .zero, finished: loop.now)
        case .check(let check):
            var result = CheckResult(
                publicID: check.publicID, name: check.name, message: check.message, tags: check.tags, suite: check.location.file, status: .passed,
                isBlocking: check.executionRule == .blocking, isMultistep: check.isMultistep, steps: [], attempts: 0,
                attemptLimit: check.retry.count + 1, duration: .zero, finished: loop.now)
            if let reason = Self.reasonToSkip(check) {
                result.status = .skipped(reason)
                return result
            }
            await attempt(check, seed: seed, into: &result)
            result.finished = loop.now
            return result
        }
    }

    private static func reasonToSkip(_ check: Check) -> String? {
        if check.isPaused { return "it is paused" }
        return check.executionRule == .skipped ? "of its execution rule" : nil
    }

    private func attempt(_ check: Check, seed: UInt64, into result: inout CheckResult) async {
        var random = SeededRandom(seed: seed)
        repeat {
            if result.attempts > 0, (try? await loop.sleep(for: check.retry.interval)) == nil { return }
            result.attempts += 1
            let start = loop.now
            do {
                // New for each attempt: a generated identifier must not meet what the last attempt left behind.
                let scope = try VariableScope(sources, check: check.variables, random: &random)
                var runner = StepRunner(transport, loop: loop, scope: scope)
                let (steps, passed) = await runner.run(check.steps)
                result.steps = steps
                result.status = passed ? .passed : .failed
            } catch {
                var step = StepResult(name: check.name, action: "Prepare variables", status: .failed)
                step.failure = error
                result.steps = [step]
                result.status = .failed
            }
            result.duration = loop.now - start
        } while result.status == .failed && result.attempts < result.attemptLimit
    }
}
