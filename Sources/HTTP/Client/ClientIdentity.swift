/// A client certificate and its private key, both PEM.
public struct ClientCertificate: Sendable, Equatable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Credentials that the client sends when the server asks for them, by a scheme of libcurl's. Basic authentication is a header field.
public struct ClientAuthentication: Sendable, Equatable {
    public enum Scheme: Sendable { case digest, ntlm }

    public var scheme: Scheme
    public var username: String
    public var password: String

    public init(_ scheme: Scheme, username: String, password: String) {
        self.scheme = scheme
        self.username = username
        self.password = password
    }
}

/// A proxy for one request.
public struct ClientProxy: Sendable, Equatable {
    /// `http://user:password@host:port`.
    public var url: String
    /// For the proxy alone.
    public var headers: Headers

    public init(url: String, headers: Headers = Headers()) {
        self.url = url
        self.headers = headers
    }
}

/// Which versions of HTTP a request may use.
public enum HTTPVersionChoice: String, Sendable, CaseIterable {
    case any
    /// HTTP/1.1.
    case http1
    /// HTTP/2; without TLS the server must know it beforehand (RFC 9113 §3.3).
    case http2
}
