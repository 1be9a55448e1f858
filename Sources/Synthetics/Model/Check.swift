import Base

/// A synthetic test: one request with assertions, or several steps that hand values on, of requests or in a browser.
public struct Check: Sendable {
    /// Id of the test at Datadog that this definition belongs to; nil for one that exists only here.
    public var publicID: String?
    /// Of the monitor at Datadog.
    public var monitorID: Int?
    public var name: String
    /// What to tell people when the check fails; nil when the definition says nothing about it.
    public var message: String?
    public var tags: [String]
    public var locations: [String]
    /// `live` or `paused`; nil when the definition does not say.
    public var status: Status?
    /// `api`, or what else the definition calls it.
    public var type = "api"
    /// `http`, `multi` and so on.
    public var subtype: String
    /// Never empty; a single-request check has one step that bears the check's name.
    public var steps: [CheckStep]
    public var variables: [ConfigVariable]
    public var retry: RetryRule
    public var executionRule: ExecutionRule
    /// What the definition itself says; nil when it says nothing.
    public var ownExecutionRule: ExecutionRule?
    /// How many settings of the check are overridden.
    public var overrideCount = 0
    public var location: SourceLocation
    /// Where the check came from, as reports call it; nil takes the file.
    public var suite: String?
    /// Nil for API tests.
    public var browser: BrowserSettings?

    public var isMultistep: Bool { subtype == "multi" }
    public var isPaused: Bool { status == .paused }

    public enum Status: String, Sendable, CaseIterable { case live, paused }

    /// What a failure means for the whole run.
    public enum ExecutionRule: String, Sendable, CaseIterable {
        case blocking
        case nonBlocking = "non_blocking"
        case skipped
    }
}

/// Further attempts after a failure.
public struct RetryRule: Sendable, Equatable {
    /// Attempts beyond the first, 0...5.
    public var count: Int
    /// Pause before each.
    public var interval: Duration

    public static let defaultInterval = Duration.milliseconds(300)

    public init(count: Int = 0, interval: Duration = Self.defaultInterval) {
        self.count = count
        self.interval = interval
    }
}

/// A name that a check gives a text to; the text may contain generators such as `{{ numeric(3) }}`.
public struct ConfigVariable: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable { case text, email, global }

    public var name: String
    public var kind: Kind
    /// Nil when only Datadog knows the value: the user must give one.
    public var pattern: String?
    /// Hidden in reports.
    public var isSecure: Bool

    public init(name: String, kind: Kind = .text, pattern: String?, isSecure: Bool = false) {
        self.name = name
        self.kind = kind
        self.pattern = pattern
        self.isSecure = isSecure
    }
}
