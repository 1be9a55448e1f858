import Base

/// A request that a client sends.
public struct ClientRequest: Sendable {
    public var method: String
    /// Absolute URL with scheme `http` or `https`.
    public var url: String
    public var headers: Headers
    public var body: [UInt8]
    /// Limit for the whole exchange; nil means no limit.
    public var timeout: Duration?
    /// Redirects followed at most; 0 returns the redirect itself.
    public var redirectLimit: Int
    /// False accepts any server certificate.
    public var verifiesCertificate: Bool
    /// Path of a Unix socket to connect to, whatever host the URL names.
    public var unixSocket: String?
    /// Nil leaves the choice to the library: 1.1, or 2 when a TLS server offers it.
    public var version: Version?

    public enum Version: Sendable, Equatable {
        case http1_0, http1_1
        /// Over TLS, when the server offers it; otherwise 1.1.
        case http2
    }

    /// How much of a response is handed over.
    public enum Kept: Sendable, Equatable {
        case everything
        /// Status, sizes and times; header fields are dropped and the body is counted.
        case figures
    }

    public init(
        method: String = "GET", url: String, headers: Headers = Headers(), body: [UInt8] = [], timeout: Duration? = .seconds(60),
        redirectLimit: Int = 0, verifiesCertificate: Bool = true, version: Version? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.redirectLimit = redirectLimit
        self.verifiesCertificate = verifiesCertificate
        self.version = version
    }
}

/// What came back, and how long each part took.
public struct ClientResponse: Sendable {
    public var status: Int
    /// `1.0`, `1.1` or `2`.
    public var httpVersion: String
    public var headers: Headers
    public var body: [UInt8]
    public var timings: Timings
    /// The URL that answered, after redirects.
    public var effectiveURL: String
    public var remoteAddress: String

    public init(
        status: Int, httpVersion: String, headers: Headers, body: [UInt8], timings: Timings, effectiveURL: String, remoteAddress: String
    ) {
        self.status = status
        self.httpVersion = httpVersion
        self.headers = headers
        self.body = body
        self.timings = timings
        self.effectiveURL = effectiveURL
        self.remoteAddress = remoteAddress
    }

    /// Lengths of the phases of one exchange, one after the other; their sum is `total`.
    public struct Timings: Sendable, Equatable {
        public var dns: Duration = .zero
        public var connect: Duration = .zero
        public var tls: Duration = .zero
        /// From the request being ready to be sent to the first byte of the answer.
        public var firstByte: Duration = .zero
        public var download: Duration = .zero
        public var redirect: Duration = .zero
        public var total: Duration = .zero

        public init() {}
    }
}

/// Why no response came.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    case invalidURL(String)
    case nameNotResolved(host: String)
    case connectionRefused(host: String, port: Int)
    case connectionReset
    case timedOut(after: Duration)
    case tooManyRedirects
    case tls(String)
    case cancelled
    /// Anything else, in libcurl's words.
    case other(String)

    public var description: String {
        switch self {
        case .invalidURL(let url): "\"\(url)\" is not a URL"
        case .nameNotResolved(let host): "could not resolve the host name \"\(host)\""
        case .connectionRefused(let host, let port): "\(host):\(port) refused the connection"
        case .connectionReset: "the connection was reset"
        case .timedOut(let limit): "no answer within \(limit)"
        case .tooManyRedirects: "too many redirects"
        case .tls(let message): "TLS: \(message)"
        case .cancelled: "cancelled"
        case .other(let message): message
        }
    }
}
