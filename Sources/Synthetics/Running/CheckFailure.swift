import HTTP

/// What ended a request or a step badly.
public struct CheckFailure: Error, Sendable, Equatable {
    public var code: FailureCode
    /// One sentence for people; for `INCORRECT_ASSERTION` the results of the assertions say more.
    public var message: String

    public init(_ code: FailureCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The run ended in the middle.
    static let cancelled = CheckFailure(.cancelled)

    /// The failure that an exchange without a response means.
    init(_ error: ClientError) {
        let code: FailureCode =
            switch error {
            case .invalidURL: .invalidRequest
            case .nameNotResolved: .nameNotResolved
            case .connectionRefused: .connectionRefused
            case .connectionReset: .connectionReset
            case .timedOut: .timeout
            case .tooManyRedirects: .tooManyRedirects
            case .tls, .untrustedCertificate: .tls
            case .hostUnreachable: .hostUnreachable
            case .networkUnreachable: .networkUnreachable
            case .bodyTooLarge: .bodyTooLarge
            case .noResources: .internalError
            case .cancelled, .other: .unknown
            }
        self.init(code, error.description)
    }
}
