import Base
import HTTP

/// One attempt of a check: its steps in order, with the values and cookies that they hand on.
struct StepRunner {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private let library: [String: Check]
    private var scope: VariableScope
    private var random: SeededRandom
    private var cookies = CookieJar()
    /// Of browser checks.
    private let tab: BrowserTab?

    /// - Parameter library: Checks that steps can play, by public id.
    init(
        _ transport: any CheckTransport, loop: EventLoop, scope: VariableScope, library: [String: Check] = [:], random: SeededRandom,
        tab: BrowserTab? = nil
    ) {
        self.transport = transport
        self.loop = loop
        self.scope = scope
        self.library = library
        self.random = random
        self.tab = tab
    }

    /// The results of all steps, in order, and whether the check passed.
    mutating func run(_ steps: [CheckStep]) async -> (results: [StepResult], passed: Bool) {
        var results: [StepResult] = []
        var isOver = false
        for step in steps {
            if isOver && !step.alwaysExecutes {
                results.append(result(of: step, status: .skipped))
                continue
            }
            let result = await attempt(step)
            results.append(result)
            if result.status == .failed {
                if !step.allowsFailure { isOver = true }
            } else if step.exitsOnSuccess {
                isOver = true
            }
        }
        return (results, !results.contains(where: \.failsCheck))
    }

    private func result(of step: CheckStep, status: StepResult.Status = .passed) -> StepResult {
        var result = StepResult(
            name: step.name, subtype: step.action.subtype, action: step.action.plan, status: status, allowsFailure: step.allowsFailure)
        result.isCritical = step.isCritical
        return result
    }

    private mutating func attempt(_ step: CheckStep) async -> StepResult {
        var result = await perform(step)
        for _ in 0..<step.retry.count where result.status == .failed {
            guard (try? await loop.sleep(for: step.retry.interval)) != nil else { break }
            result = await perform(step)
        }
        return result
    }

    private mutating func perform(_ step: CheckStep) async -> StepResult {
        let start = loop.now
        var result = result(of: step)
        do throws(CheckFailure) {
            switch step.action {
            case .wait(let duration): try await wait(duration)
            case .http(let request, let assertions, let extractions): try await exchange(request, assertions, extractions, &result)
            case .connection(let request, let assertions):
                let probe = try ConnectionProbe(request, assertions, scope, transport: transport, loop: loop)
                result.action = probe.description
                try judge(assertions, try await probe.run(), &result)
            case .lookUp(let request, let assertions):
                let probe = try LookUpProbe(request, assertions, scope, transport: transport, loop: loop)
                result.action = probe.description
                try judge(assertions, try await probe.run(), &result)
            case .subtest(let id): try await play(id, &result)
            case .browser(let step):
                guard let tab else { throw CheckFailure(.unavailableBrowser, "there is no browser") }
                try await tab.play(step, &scope, &result)
            }
        } catch {
            result.failure = error
            result.status = .failed
        }
        result.duration = loop.now - start
        result.hide(scope.secrets)
        return result
    }

    private func wait(_ duration: Duration) async throws(CheckFailure) {
        do { try await loop.sleep(for: duration) } catch { throw .cancelled }
    }

    private mutating func exchange(
        _ template: CheckRequest, _ assertions: [Assertion], _ extractions: [Extraction], _ result: inout StepResult
    ) async throws(CheckFailure) {
        let boundary = "----shophost" + random.next().hex
        let request = try RequestBuilder(template, scope).build(cookies: cookies, boundary: boundary)
        result.action = "\(request.method) - \(request.url)"
        let exchange = HTTPExchange(request, persistsCookies: template.persistsCookies, transport: transport, loop: loop)
        let response = try await exchange.send(keepingCookiesIn: &cookies)
        try judge(assertions, ResponseObservation(response, hidesBody: !template.savesBody), &result)
        for extraction in extractions {
            scope.set(extraction.name, try Extractor(response, scope).value(extraction), isSecret: extraction.isSecure)
        }
    }

    private func judge(_ assertions: [Assertion], _ observation: any Observation, _ result: inout StepResult) throws(CheckFailure) {
        result.timings = observation.timings
        result.observed = observation.resultMembers
        let judge = AssertionJudge(observation, scope)
        for assertion in assertions { result.assertions.append(try judge.judge(assertion)) }
        let failed = result.assertions.filter { !$0.isValid }
        if !failed.isEmpty { throw CheckFailure(.incorrectAssertion, Value.list(failed.map(\.value)).json()) }
    }

    /// Runs another check's steps in the same scope: they see this check's values, and this check sees theirs.
    private mutating func play(_ id: String, _ result: inout StepResult) async throws(CheckFailure) {
        guard let check = library[id] else { throw CheckFailure(.invalidTest, "there is no test \(id) to play") }
        try scope.define(check.variables, random: &random)
        // Copied, because a mutating call of its own cannot be awaited inside another one's access.
        var inner = self
        let (results, passed) = await inner.run(check.steps)
        (scope, random, cookies) = (inner.scope, inner.random, inner.cookies)
        result.substeps = results
        guard passed else {
            let decisive = results.first { $0.failsCheck }
            let failure = decisive?.failure ?? CheckFailure(.unknown, "it did not pass")
            let words = decisive.map { $0.assertions.first { !$0.isValid }?.sentence ?? failure.message } ?? failure.message
            throw CheckFailure(failure.code, "\(check.name), \(decisive?.name ?? ""): \(words)")
        }
    }
}

extension CheckStep.Action {
    /// What a report says about a step that did not run.
    var plan: String {
        switch self {
        case .http(let request, _, _): "\(request.method) - \(request.startURL ?? request.url)"
        case .connection(let request, _): "Host: \(request.host):\(request.port)"
        case .lookUp(let request, _): "Query for \(request.host)"
        case .wait(let duration): "Wait \(duration.components.seconds) s"
        case .subtest(let id): "Subtest \(id)"
        case .browser(let step): step.command.shown
        }
    }
}
