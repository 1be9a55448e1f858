/// Cookies that one visitor keeps (RFC 6265, without expiry dates: a visit lasts minutes).
public struct CookieJar: Sendable {
    private struct Cookie {
        var name: String
        var value: String
        var host: String
        var path: String
    }

    private var cookies: [Cookie] = []

    public init() {}

    public var isEmpty: Bool { cookies.isEmpty }

    /// Keeps what a response sets; an empty value with `Max-Age=0` removes.
    public mutating func store(_ headers: Headers, from url: String) { store(headers.values("Set-Cookie"), from: url) }

    /// - Parameter lines: Values of `Set-Cookie` fields.
    public mutating func store(_ lines: [String], from url: String) {
        guard !lines.isEmpty, let (host, _) = Self.hostAndPath(of: url) else { return }
        for line in lines { store(line, host: host) }
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
        let place = cookies.firstIndex { $0.name == cookie.name && $0.host == cookie.host && $0.path == cookie.path }
        switch (place, isRemoval) {
        case (let place?, true): cookies.remove(at: place)
        case (let place?, false): cookies[place] = cookie
        case (nil, true): break
        case (nil, false): cookies.append(cookie)
        }
    }

    /// The `Cookie` header for a request; nil when no cookie belongs there. Ports do not matter (RFC 6265 §8.5).
    public func header(for url: String) -> String? {
        guard !cookies.isEmpty, let (host, path) = Self.hostAndPath(of: url) else { return nil }
        var text = ""
        for cookie in cookies where cookie.host == host && Self.path(path, isUnder: cookie.path) {
            if !text.isEmpty { text += "; " }
            text += cookie.name
            text += "="
            text += cookie.value
        }
        return text.isEmpty ? nil : text
    }

    /// The value of a cookie that a request to this URL would carry.
    public func value(of name: String, for url: String) -> String? {
        guard let (host, path) = Self.hostAndPath(of: url) else { return nil }
        return cookies.first { $0.name == name && $0.host == host && Self.path(path, isUnder: $0.path) }?.value
    }

    private static func path(_ path: Substring, isUnder prefix: String) -> Bool {
        guard path.utf8.starts(with: prefix.utf8) else { return false }
        return prefix.utf8.last == UInt8(ascii: "/") || path.utf8.count == prefix.utf8.count
            || path.utf8.dropFirst(prefix.utf8.count).first == UInt8(ascii: "/")
    }

    private static func hostAndPath(of url: String) -> (host: String, path: Substring)? {
        guard let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")), url.utf8[scheme...].starts(with: "://".utf8) else { return nil }
        let rest = url[url.utf8.index(scheme, offsetBy: 3)...]
        let authority = Substring(rest.utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let path = Substring(rest[authority.endIndex...].utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        let end: UInt8 = authority.utf8.first == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ":")
        let host = Substring(authority.utf8.prefix { $0 != end })
        return host.isEmpty ? nil : (host.lowercased(), path.isEmpty ? "/" : path)
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
    }
}
