import Base
import HTTP

/// What one step did.
public struct StepResult: Sendable {
    public enum Status: Sendable, Equatable { case passed, failed, skipped }

    public var name: String
    /// As the definition names it: `http`, `ssl`, `wait` and so on.
    public var subtype: String
    public var status: Status
    /// `GET - http://...`, or what else the step did.
    public var action: String
    public var timings: ClientResponse.Timings?
    /// What the request showed, as Datadog's results have it.
    public var observed: [(String, Value)] = []
    public var assertions: [AssertionResult]
    public var failure: CheckFailure?
    public var duration: Duration
    /// The definition lets the check go on when this step fails.
    public var allowsFailure: Bool
    /// Failing fails the check although the next steps run.
    public var isCritical = false
    /// Of the check that a step plays.
    public var substeps: [StepResult] = []
    /// Of steps in a browser.
    public var browser: BrowserStepDetail?

    init(name: String, subtype: String = "http", action: String, status: Status = .passed, allowsFailure: Bool = false) {
        self.name = name
        self.subtype = subtype
        self.action = action
        self.status = status
        self.allowsFailure = allowsFailure
        assertions = []
        duration = .zero
    }

    /// Whether this step's failure fails the check.
    public var failsCheck: Bool { status == .failed && (!allowsFailure || isCritical) }

    /// Replaces secret values by asterisks wherever a report could show them.
    mutating func hide(_ secrets: Set<String>) {
        // Longer ones first: a secret may hold another one.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) {
            let hidden = { (text: String) in text.replacing(secret, with: "******") }
            action = hidden(action)
            browser?.rewrite(hidden)
            if let message = failure?.message { failure?.message = hidden(message) }
            for index in assertions.indices { assertions[index].rewrite(hidden) }
        }
        for index in substeps.indices { substeps[index].hide(secrets) }
    }
}
