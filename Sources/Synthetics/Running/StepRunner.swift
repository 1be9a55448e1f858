import Base
import HTTP

/// One attempt of a check: its steps in order, with the values and cookies that they hand on.
struct StepRunner {
    private let transport: any CheckTransport
    private let loop: EventLoop
    private var scope: VariableScope
    private var cookies = CookieJar()
    /// Of browser checks.
    private let tab: BrowserTab?

    init(_ transport: any CheckTransport, loop: EventLoop, scope: VariableScope, tab: BrowserTab? = nil) {
        self.transport = transport
        self.loop = loop
        self.scope = scope
        self.tab = tab
    }

    /// The results of all steps, in order, and whether the check passed.
    mutating func run(_ steps: [CheckStep]) async -> (results: [StepResult], passed: Bool) {
        var results: [StepResult] = []
        var passed = true
        var isOver = false
        for step in steps {
            if isOver && !step.alwaysExecutes {
                results.append(StepResult(name: step.name, action: Self.plannedAction(step), status: .skipped))
                continue
            }
            let result = await attempt(step)
            results.append(result)
            if result.status == .failed {
                if !step.allowsFailure || step.isCritical { passed = false }
                if !step.allowsFailure { isOver = true }
            } else if step.exitsOnSuccess {
                isOver = true
            }
        }
        return (results, passed)
    }

    private static func plannedAction(_ step: CheckStep) -> String {
        switch step.action {
        case .http(let request, _, _): "\(request.method) - \(request.url)"
        case .wait(let duration): "Wait \(duration.components.seconds) s"
        case .browser(let step): step.command.shown
        }
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
        var result = StepResult(name: step.name, action: Self.plannedAction(step), allowsFailure: step.allowsFailure && !step.isCritical)
        do throws(CheckFailure) {
            switch step.action {
            case .wait(let duration): try await wait(duration)
            case .browser(let step):
                guard let tab else { throw CheckFailure(.unavailableBrowser, "there is no browser") }
                try await tab.play(step, &scope, &result)
            case .http(let request, let assertions, let extractions): try await exchange(request, assertions, extractions, &result)
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
        do { try await loop.sleep(for: duration) } catch { throw CheckFailure(.unknown, "cancelled") }
    }

    private mutating func exchange(
        _ template: CheckRequest, _ assertions: [Assertion], _ extractions: [Extraction], _ result: inout StepResult
    ) async throws(CheckFailure) {
        let request = try RequestBuilder.build(template, scope, cookies: cookies)
        result.action = "\(request.method) - \(request.url)"
        let response: ClientResponse
        do { response = try await transport.send(request) } catch { throw CheckFailure(error) }
        result.httpStatus = response.status
        result.responseBytes = response.body.count
        result.timings = response.timings
        if template.persistsCookies { cookies.store(response.headers, from: request.url) }
        try judge(assertions, response, &result)
        for extraction in extractions {
            scope.set(extraction.name, try Extractor.value(extraction, from: response), isSecret: extraction.isSecure)
        }
    }

    private func judge(_ assertions: [Assertion], _ response: ClientResponse, _ result: inout StepResult) throws(CheckFailure) {
        let judge = AssertionJudge(response, scope)
        for assertion in assertions { result.assertions.append(try judge.judge(assertion)) }
        let failed = result.assertions.filter { !$0.isValid }
        if !failed.isEmpty { throw CheckFailure(.incorrectAssertion, Value.list(failed.map(\.value)).json()) }
    }
}
