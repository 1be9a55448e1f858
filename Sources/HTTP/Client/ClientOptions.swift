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

    public init(
        connectionsPerHost: Int = 0, idleConnections: Int = 256, bodyLimitBytes: Int = 67_108_864, usesProxyFromEnvironment: Bool = false,
        proxy: String? = nil
    ) {
        self.connectionsPerHost = connectionsPerHost
        self.idleConnections = idleConnections
        self.bodyLimitBytes = bodyLimitBytes
        self.usesProxyFromEnvironment = usesProxyFromEnvironment
        self.proxy = proxy
    }

    public static let `default` = ClientOptions()
}
