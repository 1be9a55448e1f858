import Base
import HTTP

/// What one check did in its last attempt, and in those before.
public struct CheckResult: Sendable {
    public enum Status: Sendable, Equatable {
        case passed, failed
        /// With the reason, which goes on after "because".
        case skipped(String)
    }

    /// Of this result; nil for a skipped check.
    public var resultID: String?
    public var publicID: String?
    public var monitorID: Int?
    public var name: String
    /// Nil when the definition says nothing about it.
    public var message: String?
    public var tags: [String]
    public var type: String
    public var subtype: String
    /// `live` or `paused`, when the definition says so.
    public var definitionStatus: Check.Status?
    /// Where the check comes from: its file, or the query that found it.
    public var suite: String
    public var status: Status
    /// The rule that holds after all overrides.
    public var executionRule: Check.ExecutionRule
    /// What the definition itself says.
    public var ownExecutionRule: Check.ExecutionRule?
    /// A test of which nothing but the id is known here.
    public var isMissing = false
    /// Its definition changed by this many overrides.
    public var overrideCount = 0
    /// Of the last attempt.
    public var steps: [StepResult]
    /// Attempts made, from 1; 0 for a skipped check.
    public var attempts: Int
    public var attemptLimit: Int
    /// Of the last attempt.
    public var duration: Duration
    public var finished: Timestamp
    /// The time for the whole run ended before the check did.
    public var timedOut = false
    /// False for an attempt that was followed by another.
    public var isFinal = true
    /// Attempts that failed and were followed by this one, in order.
    public var earlier: [CheckResult] = []
    /// Of browser checks.
    public var browser: BrowserRun?

    /// What a check that has not run yet looks like.
    init(_ check: Check, at now: Timestamp) {
        publicID = check.publicID
        monitorID = check.monitorID
        name = check.name
        message = check.message
        tags = check.tags
        type = check.type
        subtype = check.subtype
        definitionStatus = check.status
        suite = check.suite ?? check.location.file
        status = .passed
        executionRule = check.executionRule
        ownExecutionRule = check.ownExecutionRule
        overrideCount = check.overrideCount
        steps = []
        attempts = 0
        attemptLimit = check.retry.count + 1
        duration = .zero
        finished = now
        browser = check.browser.map { BrowserRun(device: $0.devices[0], startURL: $0.otherStartURL ?? $0.startURL) }
    }

    init(_ test: CheckEntry.Unavailable, at now: Timestamp) {
        publicID = test.publicID
        name = test.name
        tags = test.tags
        type = "api"
        subtype = ""
        suite = test.suite ?? test.file
        status = .skipped(test.reason)
        executionRule = .nonBlocking
        isMissing = test.isMissing
        steps = []
        attempts = 0
        attemptLimit = 0
        duration = .zero
        finished = now
    }

    public var isBlocking: Bool { executionRule == .blocking }
    public var isMultistep: Bool { subtype == "multi" }
    /// The id as reports show it.
    public var label: String { publicID ?? "local" }

    /// Why the check as a whole failed, where no step says it.
    public var ownFailure: CheckFailure?

    /// The failure that decided; nil unless failed.
    public var failure: CheckFailure? {
        guard status == .failed else { return nil }
        return ownFailure ?? (steps.first { $0.failure != nil && $0.failsCheck } ?? steps.first { $0.failure != nil })?.failure
    }

    /// The runner had trouble of its own, which says nothing about what was to be checked.
    public var isUnhealthy: Bool { failure?.code == .internalError }

    /// True when the whole run must be called failed.
    public var failsRun: Bool { status == .failed && isBlocking && !isUnhealthy }
}
