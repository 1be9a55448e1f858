import Base
import HTTP

/// What one step did.
public struct StepResult: Sendable {
    public enum Status: Sendable, Equatable { case passed, failed, skipped }

    public var name: String
    public var status: Status
    /// `GET - http://...`, or what else the step did.
    public var action: String
    public var httpStatus: Int?
    public var responseBytes: Int?
    public var timings: ClientResponse.Timings?
    public var assertions: [AssertionResult]
    public var failure: CheckFailure?
    public var duration: Duration
    public var allowsFailure: Bool
    /// Of steps in a browser.
    public var browser: BrowserStepDetail?

    init(name: String, action: String, status: Status = .passed, allowsFailure: Bool = false) {
        self.name = name
        self.action = action
        self.status = status
        self.allowsFailure = allowsFailure
        assertions = []
        duration = .zero
    }

    /// Replaces secret values by asterisks wherever a report could show them.
    mutating func hide(_ secrets: Set<String>) {
        for secret in secrets {
            let hidden = { (text: String) in text.replacing(secret, with: "******") }
            action = hidden(action)
            browser?.rewrite(hidden)
            if let message = failure?.message { failure?.message = hidden(message) }
            for index in assertions.indices { assertions[index].rewrite(hidden) }
        }
    }
}

/// What one check did.
public struct CheckResult: Sendable {
    public enum Status: Sendable, Equatable {
        case passed, failed
        /// With the reason.
        case skipped(String)
    }

    public var publicID: String?
    public var name: String
    public var message: String
    public var tags: [String]
    /// The file that the check is from.
    public var suite: String
    public var status: Status
    public var isBlocking: Bool
    public var isMultistep: Bool
    /// Of the last attempt.
    public var steps: [StepResult]
    /// Attempts made, from 1; 0 for a skipped check.
    public var attempts: Int
    public var attemptLimit: Int
    /// Of the last attempt.
    public var duration: Duration
    public var finished: Timestamp
    /// Of browser checks.
    public var browser: BrowserRun?

    /// The failure that decided; nil unless failed.
    public var failure: CheckFailure? {
        guard status == .failed else { return nil }
        return (steps.first { $0.failure != nil && !$0.allowsFailure } ?? steps.first { $0.failure != nil })?.failure
    }

    /// True when the whole run must be called failed.
    public var failsRun: Bool { status == .failed && isBlocking }
}
