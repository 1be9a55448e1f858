/// Why a check run failed, in Datadog's words for API tests.
public enum FailureCode: String, Sendable, CaseIterable {
    case connectionRefused = "CONNREFUSED"
    case connectionReset = "CONNRESET"
    case nameNotResolved = "DNS"
    case incorrectAssertion = "INCORRECT_ASSERTION"
    case invalidRequest = "INVALID_REQUEST"
    case invalidTest = "INVALID_TEST"
    case malformedResponse = "MALFORMED_RESPONSE"
    case tls = "SSL"
    case timeout = "TIMEOUT"
    case tooManyRedirects = "TOO_MANY_REDIRECTS"
    case unknown = "UNKNOWN"
}
