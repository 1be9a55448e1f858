import HTTP

/// How failures are called: as the tools do whose reports show them.
public enum FailureWords: Sendable {
    /// Python's exceptions, as Locust's tables have them.
    case python
    /// Go's errors, as hey's report has them.
    case go

    func text(_ error: ClientError, _ request: ClientRequest) -> String {
        switch self {
        case .python: Self.python(error)
        case .go: Self.go(error, request)
        }
    }

    private static func python(_ error: ClientError) -> String {
        switch error {
        case .connectionRefused: "ConnectionRefusedError(111, 'Connection refused')"
        case .connectionReset: "RemoteDisconnected('Remote end closed connection without response')"
        case .timedOut(let limit): "TimeoutError('no answer within \(limit)')"
        case .nameNotResolved(let host): "NameResolutionError('could not resolve the host name \(host)')"
        default: error.description
        }
    }

    private static func go(_ error: ClientError, _ request: ClientRequest) -> String {
        let method = request.method.prefix(1) + request.method.dropFirst().lowercased()
        let reason =
            switch error {
            case .connectionRefused(let host, let port): "dial tcp \(host):\(port): connect: connection refused"
            case .connectionReset: "EOF"
            case .timedOut: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            case .nameNotResolved(let host): "dial tcp: lookup \(host): no such host"
            default: error.description
            }
        return "\(method) \"\(request.url)\": \(reason)"
    }

    /// An answer with a status that says failure (locustio/locust, through requests: `raise_for_status`).
    static func status(_ status: Int, of name: String) -> String {
        "HTTPError('\(status) \(status < 500 ? "Client" : "Server") Error: \(Status.reason(status)) for url: \(name)')"
    }
}
