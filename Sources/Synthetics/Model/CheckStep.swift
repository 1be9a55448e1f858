import Base

/// One step of a check.
public struct CheckStep: Sendable {
    public enum Action: Sendable {
        case http(CheckRequest, [Assertion], [Extraction])
        case wait(Duration)
        case browser(BrowserStep)
    }

    public var name: String
    public var action: Action
    /// The next steps run even when this one fails.
    public var allowsFailure: Bool
    /// With `allowsFailure`: the whole check fails all the same.
    public var isCritical: Bool
    /// Runs even after a step that ended the check.
    public var alwaysExecutes: Bool
    /// Success here ends the check as passed.
    public var exitsOnSuccess: Bool
    public var retry: RetryRule
}

/// A request before its `{{ NAME }}` places are filled in.
public struct CheckRequest: Sendable {
    public var method: String
    public var url: String
    /// In the order of the file.
    public var headers: [(name: String, value: String)]
    public var query: [(name: String, value: String)]
    public var body: String
    /// Becomes `Content-Type` unless a header says otherwise.
    public var bodyType: String?
    public var basicAuth: (username: String, password: String)?
    public var timeout: Duration
    public var followsRedirects: Bool
    public var allowsInsecure: Bool
    /// Cookies that the answer sets are sent by the next steps.
    public var persistsCookies: Bool
}

/// A value that later steps can use as `{{ NAME }}`.
public struct Extraction: Sendable {
    public enum Source: Sendable, Equatable {
        case body
        case header(String)
        case statusCode
    }

    public enum Parser: Sendable, Equatable {
        case raw
        case jsonPath(JSONPath)
        case regex(String)
    }

    public var name: String
    public var source: Source
    public var parser: Parser
    public var isSecure: Bool
}
