import Base

/// One step of a check.
public struct CheckStep: Sendable {
    public enum Action: Sendable {
        case http(CheckRequest, [Assertion], [Extraction])
        /// Opens a connection and closes it.
        case connection(ConnectionRequest, [Assertion])
        case lookUp(LookUpRequest, [Assertion])
        case wait(Duration)
        /// Runs the steps of another check, which has this public id.
        case subtest(publicID: String)
        case browser(BrowserStep)

        /// As the definition names it.
        var subtype: String {
            switch self {
            case .http: "http"
            case .connection(let request, _): request.tls == nil ? "tcp" : "ssl"
            case .lookUp: "dns"
            case .wait: "wait"
            case .subtest: "playSubTest"
            case .browser(let step): step.command.typeName
            }
        }
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

/// A value that later steps can use as `{{ NAME }}`.
public struct Extraction: Sendable {
    public enum Source: Sendable, Equatable {
        case body
        case header(String)
        case statusCode
    }

    public enum Parser: Sendable {
        case raw
        case jsonPath(Templated<JSONPath>)
        case xPath(Templated<XPath>)
        case regex(Templated<CheckPattern>)
    }

    public var name: String
    public var source: Source
    public var parser: Parser
    public var isSecure: Bool
}
