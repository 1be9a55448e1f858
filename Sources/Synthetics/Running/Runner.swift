import Base
import HTTP

/// Runs checks, several at a time, on the event loop of its caller.
public struct Runner: Sendable {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let concurrency: Int
    private let sources: VariableSources
    private let browsers: (any BrowserSource)?

    /// A browser keeps a core busy while it starts.
    private static let browserLimit = 2

    /// - Parameters:
    ///   - send: Carries the requests.
    ///   - loop: Gives the time; the caller must run on it.
    ///   - concurrency: Checks that run at the same time, at least 1, browser checks aside. The steps of one check always follow each other.
    ///   - browsers: Gives browser checks their browsers; without it they are skipped.
    public init(
        send: any CheckTransport, loop: EventLoop, sources: VariableSources = VariableSources(), concurrency: Int = 4,
        browsers: (any BrowserSource)? = nil
    ) {
        transport = send
        self.loop = loop
        self.sources = sources
        self.concurrency = max(1, concurrency)
        self.browsers = browsers
    }

    /// The results in the order of the entries.
    ///
    /// - Parameter random: Feeds generators in variables; each check gets a stream of its own, so that their order does not matter.
    public func run(_ entries: [CheckEntry], random: inout SeededRandom) async -> [CheckResult] {
        let entries = entries.flatMap(\.perDevice)
        let seeds = entries.map { _ in random.next() }
        return await withTaskGroup(of: (Int, CheckResult).self) { group in
            var results = [CheckResult?](repeating: nil, count: entries.count)
            var waiting = Dictionary(grouping: entries.indices, by: { entries[$0].needsBrowser }).mapValues { $0[...] }
            func startOne(inBrowser: Bool) {
                guard let index = waiting[inBrowser]?.popFirst() else { return }
                group.addTask(executorPreference: loop) { (index, await run(entries[index], seed: seeds[index])) }
            }
            for _ in 0..<concurrency { startOne(inBrowser: false) }
            for _ in 0..<Self.browserLimit { startOne(inBrowser: true) }
            while let (index, result) = await group.next() {
                results[index] = result
                startOne(inBrowser: entries[index].needsBrowser)
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
                attemptLimit: check.retry.count + 1, duration: .zero, finished: loop.now,
                browser: check.browser.map { BrowserRun(device: $0.devices[0], startURL: $0.startURL) })
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
                let (steps, passed) = try await play(check, scope)
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
        } while result.status == .failed && result.attempts < result.attemptLimit
    }

    private func play(_ check: Check, _ scope: VariableScope) async throws -> (results: [StepResult], passed: Bool) {
        guard let settings = check.browser else {
            var runner = StepRunner(transport, loop: loop, scope: scope)
            return await runner.run(check.steps)
        }
        guard let browsers else { throw BrowserProblem.absent("it needs a browser") }
        let session = try await browsers.open(Capabilities(check, settings))
        var runner = StepRunner(transport, loop: loop, scope: scope, tab: BrowserTab(session, settings, on: loop))
        let played = await runner.run(check.steps)
        // What cannot be closed politely is ended with the driver.
        try? await session.close()
        return played
    }
}

extension CheckResult {
    /// Says that there was no browser: none on this machine is no verdict, one that does not start is a failure.
    fileprivate mutating func refuse(_ problem: BrowserProblem) {
        switch problem {
        case .absent(let reason): self.status = .skipped(reason)
        case .failed(let reason):
            var step = StepResult(name: "Start the browser", action: "", status: .failed)
            step.failure = CheckFailure(.unavailableBrowser, reason)
            steps = [step]
            status = .failed
        }
    }
}

extension Capabilities {
    /// What a check asks of its browser.
    fileprivate init(_ check: Check, _ settings: BrowserSettings) {
        self.init(device: settings.devices[0])
        acceptsInsecureCertificates = settings.allowsInsecure
        allowsCrossOrigin = settings.allowsCrossOrigin
        logsRequests = check.steps.contains { step in
            if case .browser(let step) = step.action, case .assertRequests = step.command { true } else { false }
        }
    }
}
