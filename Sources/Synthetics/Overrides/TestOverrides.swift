import Base

/// Changes of checks for one run: datadog-ci's `testOverrides`. What is nil stays as the check has it.
public struct TestOverrides: Sendable {
    public var allowsInsecure: Bool?
    public var basicAuth: Credentials?
    public var body: String?
    public var bodyType: String?
    public var cookies: Cookies?
    /// Lines as in `Set-Cookie`; browser tests only.
    public var setCookies: Cookies?
    /// Browser tests only.
    public var defaultStepTimeout: Duration?
    /// Browser tests only.
    public var deviceIDs: [String]?
    public var executionRule: Check.ExecutionRule?
    public var followsRedirects: Bool?
    public var headers: [NamedText] = []
    /// Browser tests only.
    public var resourceURLSubstitutions: [Substitution]?
    public var retryCount: Int?
    public var retryInterval: Duration?
    public var startURL: String?
    public var startURLSubstitution: Substitution?
    /// Browser tests only.
    public var testTimeout: Duration?
    public var variables: [NamedText] = []
    /// How many keys are set, those without an effect here included.
    public var count = 0

    public struct Credentials: Sendable, Equatable {
        public var username: String
        public var password: String
    }

    public struct Cookies: Sendable, Equatable {
        public var value: String
        /// True adds to the cookies that the request has, false replaces them.
        public var appends: Bool
    }

    public init() {}
}

extension Check.ExecutionRule {
    /// Of two rules the one that matters less for the run holds, as in datadog-ci.
    func weaker(_ other: Self) -> Self {
        if self == .skipped || other == .skipped { return .skipped }
        return self == .nonBlocking || other == .nonBlocking ? .nonBlocking : .blocking
    }
}
