/// Why a check run failed, in Datadog's words for API tests.
public enum FailureCode: String, Sendable, CaseIterable {
    case bodyTooLarge = "BODY_TOO_LARGE"
    case connectionRefused = "CONNREFUSED"
    case connectionReset = "CONNRESET"
    case hostUnreachable = "HOSTUNREACH"
    case networkUnreachable = "NETUNREACH"
    case nameNotResolved = "DNS"
    case incorrectAssertion = "INCORRECT_ASSERTION"
    /// The runner's own trouble: it says nothing about what was checked.
    case internalError = "INTERNAL_ERROR"
    case invalidCharacterInHeader = "INVALID_CHAR_IN_HEADER"
    case invalidRequest = "INVALID_REQUEST"
    case invalidTest = "INVALID_TEST"
    case malformedResponse = "MALFORMED_RESPONSE"
    case tls = "SSL"
    case timeout = "TIMEOUT"
    case tooManyRedirects = "TOO_MANY_REDIRECTS"
    case unknown = "UNKNOWN"
}
