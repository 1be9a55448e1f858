import Base
import HTTP

/// Runs one check: its attempts, within the time that the whole run has.
struct CheckRun: Sendable {
    private let check: Check
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let sources: VariableSources
    private let library: [String: Check]
    private let browsers: (any BrowserSource)?

    init(
        _ check: Check, transport: any CheckTransport, loop: EventLoop, sources: VariableSources, library: [String: Check],
        browsers: (any BrowserSource)?
    ) {
        self.check = check
        self.transport = transport
        self.loop = loop
        self.sources = sources
        self.library = library
        self.browsers = browsers
    }

    /// What a check that had no time says; datadog-ci's words.
    static let timeoutMessage = "The batch timed out before receiving the result."
    static let retryTimeoutMessage = "The batch timed out before receiving the retry."

    /// - Parameter end: When the check is given up; nil waits for it.
    func result(seed: UInt64, until end: Timestamp?) async -> CheckResult {
        guard let end else { return await attempts(seed: seed) }
        let rest = end - loop.now
        guard rest > .zero else { return timedOut(nil) }
        return await withTaskGroup(of: CheckResult?.self) { group in
            group.addTask(executorPreference: loop) { await attempts(seed: seed) }
            group.addTask(executorPreference: loop) { [loop] in
                try? await loop.sleep(for: rest)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // Cancelled, it ends at once with what it has.
            return timedOut(await group.next() ?? nil)
        }
    }

    private func timedOut(_ partial: CheckResult?) -> CheckResult {
        var result = partial ?? CheckResult(check, at: loop.now)
        result.timedOut = true
        result.status = .failed
        // What was cut off has not failed by itself.
        for index in result.steps.indices where result.steps[index].failure == .cancelled {
            result.steps[index].failure = nil
            result.steps[index].status = .skipped
        }
        let isRetry = result.attempts > 1
        result.ownFailure = CheckFailure(.timeout, isRetry ? Self.retryTimeoutMessage : Self.timeoutMessage)
        result.finished = loop.now
        return result
    }

    private func attempts(seed: UInt64) async -> CheckResult {
        var random = SeededRandom(seed: seed)
        var earlier: [CheckResult] = []
        while true {
            var result = await attempt(number: earlier.count + 1, random: &random)
            let isLast = result.status != .failed || result.attempts >= result.attemptLimit || Task.isCancelled
            guard !isLast else {
                result.earlier = earlier
                return result
            }
            result.isFinal = false
            earlier.append(result)
            guard (try? await loop.sleep(for: check.retry.interval)) != nil else {
                result.isFinal = true
                result.earlier = earlier.dropLast()
                return result
            }
        }
    }

    private func attempt(number: Int, random: inout SeededRandom) async -> CheckResult {
        var result = CheckResult(check, at: loop.now)
        result.attempts = number
        // As Datadog's: a positive number of 63 bits.
        let id = String(random.next() >> 1)
        result.resultID = id
        let start = loop.now
        // New for each attempt: a generated identifier must not meet what the last attempt left behind.
        var scope = VariableScope(sources, start: start, identity: ["public-id": result.label, "result-id": id])
        do {
            try scope.define(check.variables, random: &random)
            let (steps, passed) = try await play(scope, SeededRandom(seed: random.next()))
            result.steps = steps
            result.status = passed ? .passed : .failed
        } catch let problem as BrowserProblem {
            result.refuse(problem)
        } catch {
            var step = StepResult(name: check.name, action: "Prepare variables", status: .failed)
            step.failure = error as? CheckFailure ?? CheckFailure(.unknown, "\(error)")
            result.steps = [step]
            result.status = .failed
        }
        // The start of a browser is no part of what it is told to do.
        result.duration = check.browser == nil ? loop.now - start : result.steps.reduce(.zero) { $0 + $1.duration }
        result.finished = loop.now
        return result
    }

    /// - Throws: `BrowserProblem` when there is no browser for a check that needs one.
    private func play(_ scope: VariableScope, _ random: SeededRandom) async throws -> (results: [StepResult], passed: Bool) {
        guard let settings = check.browser else {
            var runner = StepRunner(transport, loop: loop, scope: scope, library: library, random: random)
            return await runner.run(check.steps)
        }
        guard let browsers else { throw BrowserProblem.absent("it needs a browser") }
        let session = try await browsers.open(Capabilities(check, settings))
        let tab = BrowserTab(session, settings, on: loop)
        var runner = StepRunner(transport, loop: loop, scope: scope, library: library, random: random, tab: tab)
        let played = await runner.run(check.steps)
        // What cannot be closed politely is ended with the driver.
        try? await session.close()
        return played
    }
}
