import HTTP

/// Cookies kept between the steps of one check (RFC 6265, without expiry dates: a check lasts seconds).
struct CookieJar {
    private struct Cookie {
        var name: String
        var value: String
        var host: String
        var path: String
    }

    private var cookies: [Cookie] = []

    /// Keeps what a response sets; an empty value with `Max-Age=0` removes.
    mutating func store(_ headers: Headers, from url: String) {
        guard let (host, _) = Self.hostAndPath(of: url) else { return }
        for line in headers.values("Set-Cookie") { store(line, host: host) }
    }

    private mutating func store(_ line: String, host: String) {
        let parts = line.split(separator: ";").map { $0.trimmingSpaces() }
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
        var cookie = Cookie(name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]), host: host, path: "/")
        var isRemoval = false
        for attribute in parts.dropFirst() {
            let name = attribute.prefix { $0 != "=" }.lowercased()
            let value = attribute.dropFirst(name.count + 1)
            if name == "path", value.hasPrefix("/") { cookie.path = String(value) }
            if name == "max-age", let age = Int(value), age <= 0 { isRemoval = true }
        }
        cookies.removeAll { $0.name == cookie.name && $0.host == cookie.host && $0.path == cookie.path }
        if !isRemoval { cookies.append(cookie) }
    }

    /// The `Cookie` header for a request; nil when no cookie belongs there. Ports do not matter (RFC 6265 §8.5).
    func header(for url: String) -> String? {
        guard let (host, path) = Self.hostAndPath(of: url) else { return nil }
        let fitting = cookies.filter { $0.host == host && Self.path(path, isUnder: $0.path) }
        return fitting.isEmpty ? nil : fitting.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    private static func path(_ path: String, isUnder prefix: String) -> Bool {
        path == prefix || path.hasPrefix(prefix.hasSuffix("/") ? prefix : prefix + "/")
    }

    private static func hostAndPath(of url: String) -> (host: String, path: String)? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        return host.isEmpty ? nil : (host.lowercased(), path.isEmpty ? "/" : String(path))
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
    }
}
