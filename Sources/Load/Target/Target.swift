import Base
import HTTP

/// Where requests go: a base URL whose scheme, host and port replace those of the requests.
public struct Target: Sendable, Equatable, CustomStringConvertible {
    /// `http://host:port`, with user information when the URL had some.
    public let base: String
    public let host: String
    public let port: Int
    /// What the Host field says: the port is left out when it is the scheme's own.
    public let authority: String
    /// Every request goes to this path and query when the URL has one beyond `/`.
    public let fixedTarget: String?

    public var description: String { base + (fixedTarget ?? "") }

    /// - Parameter text: `http://host:port`, `https://host`, or `host:port`, which means http.
    /// - Returns: Nil for what is no such URL.
    public init?(_ text: String) {
        let url = text.contains("://") ? text : "http://" + text
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme) else { return nil }
        let rest = url[url.firstRange(of: "://")!.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let path = rest[end...].prefix { $0 != "#" }
        base = "\(parts.scheme)://\(rest[..<end])"
        host = parts.host
        port = parts.port
        authority = parts.port == (parts.scheme == "https" ? 443 : 80) ? parts.host : "\(parts.host):\(parts.port)"
        fixedTarget = path.isEmpty || path == "/" ? nil : path.hasPrefix("/") ? String(path) : "/" + path
    }

    public init(host: String, port: Int) { self.init("http://\(host):\(port)")! }

    /// The URL for a request target; scheme and host of a target in absolute form are replaced (RFC 9112 §3.2.2).
    public func url(for target: String) -> String {
        if let fixedTarget { return base + fixedTarget }
        let target = RequestTarget(target)
        let path = target.rawPath.hasPrefix("/") ? target.rawPath : "/"
        return base + path + (target.rawQuery.map { "?" + $0 } ?? "")
    }
}
