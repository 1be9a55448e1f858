import Base

/// A synthetic test: one HTTP request with assertions, or several steps that hand values on, of requests or in a browser.
public struct Check: Sendable {
    /// Id of the test at Datadog that this definition belongs to; nil for one that exists only here.
    public var publicID: String?
    public var name: String
    /// What to tell people when the check fails.
    public var message: String
    public var tags: [String]
    public var isPaused: Bool
    public var isMultistep: Bool
    /// Never empty; a single-request check has one step that bears the check's name.
    public var steps: [CheckStep]
    public var variables: [ConfigVariable]
    public var retry: RetryRule
    public var executionRule: ExecutionRule
    public var location: SourceLocation
    /// Nil for API tests.
    public var browser: BrowserSettings?

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

    public init(count: Int = 0, interval: Duration = .milliseconds(300)) {
        self.count = count
        self.interval = interval
    }
}

/// A name that a check gives a text to; the text may contain generators such as `{{ numeric(3) }}`.
public struct ConfigVariable: Sendable, Equatable {
    public var name: String
    public var pattern: String
    /// Hidden in reports.
    public var isSecure: Bool

    public init(name: String, pattern: String, isSecure: Bool = false) {
        self.name = name
        self.pattern = pattern
        self.isSecure = isSecure
    }
}

/// What a check file holds: something to run, or the reason why it is not run here.
public enum CheckEntry: Sendable {
    case check(Check)
    case unavailable(Unavailable)

    public struct Unavailable: Sendable, Equatable {
        public var publicID: String?
        public var name: String
        public var tags: [String]
        /// The file that names it.
        public var file: String
        public var reason: String
    }
}

extension CheckEntry {
    public var tags: [String] {
        switch self {
        case .check(let check): check.tags
        case .unavailable(let test): test.tags
        }
    }
}
