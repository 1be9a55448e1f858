/// How a client uses connections.
public struct ClientOptions: Sendable, Equatable {
    /// Connections to one host and port at a time; further requests wait for one. 0 means no limit.
    public var connectionsPerHost: Int
    /// Idle connections kept for reuse, over all hosts.
    public var idleConnections: Int
    /// Response body in bytes; a larger one fails the request.
    public var bodyLimitBytes: Int
    /// True obeys `http_proxy`, `https_proxy` and `no_proxy`; false connects directly whatever the environment says.
    public var usesProxyFromEnvironment: Bool
    /// `host:port` of a proxy for all requests; wins over the environment.
    public var proxy: String?
    /// File with the certificates of authorities to trust, PEM; nil takes the system's.
    public var authorityFile: String?
    /// True sends a request once more when a connection that was kept from an earlier one breaks before the answer begins: it may have been
    /// closed for being idle. False tells whoever asked.
    public var repeatsLostRequests: Bool

    public init(
        connectionsPerHost: Int = 0, idleConnections: Int = 256, bodyLimitBytes: Int = 67_108_864, usesProxyFromEnvironment: Bool = false,
        proxy: String? = nil, authorityFile: String? = nil, repeatsLostRequests: Bool = true
    ) {
        self.connectionsPerHost = connectionsPerHost
        self.idleConnections = idleConnections
        self.bodyLimitBytes = bodyLimitBytes
        self.usesProxyFromEnvironment = usesProxyFromEnvironment
        self.proxy = proxy
        self.authorityFile = authorityFile
        self.repeatsLostRequests = repeatsLostRequests
    }

    public static let `default` = ClientOptions()
}
