import Base

/// A TCP or TLS connection that a check opens, with places.
public struct ConnectionRequest: Sendable {
    public var host: String
    /// A number, or places that become one.
    public var port: String
    public var timeout: Duration
    /// Nil for plain TCP.
    public var tls: TLS?

    public struct TLS: Sendable, Equatable {
        /// The name that the server is asked for; nil takes the host.
        public var serverName: String?
        public var acceptsSelfSigned: Bool
        /// Accepts any certificate, expired ones and those of other hosts included.
        public var allowsInsecure: Bool
        public var certificate: CheckRequest.Certificate?
    }
}

/// A DNS question that a check asks, with places.
public struct LookUpRequest: Sendable {
    public var host: String
    /// Address or name; nil asks the system's server.
    public var server: String?
    /// A number, or places that become one.
    public var port: String
    public var timeout: Duration
}
