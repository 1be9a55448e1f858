import CCurl

/// A connection that a client opens and closes again without sending anything over it.
public struct ConnectRequest: Sendable {
    public var host: String
    public var port: Int
    /// Limit for name look-up, connection and TLS handshake together; nil means no limit.
    public var timeout: Duration?
    /// Nil for plain TCP.
    public var tls: TLS?

    public struct TLS: Sendable, Equatable {
        /// The name that the server is asked for and must have a certificate for; nil takes the host.
        public var serverName: String?
        public var verification: Verification
        public var certificate: ClientCertificate?
        /// Speaks this version alone, with any cipher that it has.
        public var onlyVersion: TLSVersion?

        public init(
            serverName: String? = nil, verification: Verification = .full, certificate: ClientCertificate? = nil, onlyVersion: TLSVersion? = nil
        ) {
            self.serverName = serverName
            self.verification = verification
            self.certificate = certificate
            self.onlyVersion = onlyVersion
        }
    }

    /// What a server's certificate must be.
    public enum Verification: Sendable {
        /// Valid, vouched for by a known authority, and for the host.
        case full
        /// For the host.
        case nameOnly
        /// Anything.
        case none
    }

    public init(host: String, port: Int, timeout: Duration? = .seconds(60), tls: TLS? = nil) {
        self.host = host
        self.port = port
        self.timeout = timeout
        self.tls = tls
    }

    /// What libcurl is asked for. The name in it is the one of the handshake; `authority` says where to connect.
    var url: String { "\(tls == nil ? "http" : "https")://\(Self.bracketed(tls?.serverName ?? host)):\(port)/" }

    var authority: String { "\(Self.bracketed(host)):\(port)" }

    private static func bracketed(_ host: String) -> String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host }
}

/// A connection that was opened.
public struct ConnectResponse: Sendable {
    public var timings: ClientResponse.Timings
    public var remoteAddress: String
    /// What the TLS handshake agreed on; nil for plain TCP.
    public var session: TLSSession?

    public init(timings: ClientResponse.Timings, remoteAddress: String, session: TLSSession? = nil) {
        self.timings = timings
        self.remoteAddress = remoteAddress
        self.session = session
    }
}

/// Versions of TLS.
public enum TLSVersion: String, Sendable, CaseIterable, Comparable {
    case v1_0 = "1.0"
    case v1_1 = "1.1"
    case v1_2 = "1.2"
    case v1_3 = "1.3"

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }

    /// As a number that assertions compare.
    public var number: Double { Double(rawValue)! }

    /// CURLOPT_SSLVERSION with this version as the lowest and, in the upper half, as the highest.
    var libraryRange: Int {
        let lowest: Int =
            switch self {
            case .v1_0: CURL_SSLVERSION_TLSv1_0
            case .v1_1: CURL_SSLVERSION_TLSv1_1
            case .v1_2: CURL_SSLVERSION_TLSv1_2
            case .v1_3: CURL_SSLVERSION_TLSv1_3
            }
        return lowest | lowest << 16
    }
}
