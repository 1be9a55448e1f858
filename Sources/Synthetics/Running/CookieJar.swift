import Base
import HTTP

/// Cookies kept between the requests of one check (RFC 6265).
struct CookieJar {
    private struct Cookie {
        var name: String
        var value: String
        var domain: String
        /// False when the server named the domain: its subdomains get the cookie, too.
        var isForHostAlone = true
        var path: String
        var isSecure = false
    }

    private var cookies: [Cookie] = []

    /// Keeps what a response sets, and removes what it sets with an end in the past.
    mutating func store(_ headers: Headers, from url: String, at now: Timestamp) {
        guard let origin = Origin(url) else { return }
        for line in headers.values("Set-Cookie") { store(line, from: origin, at: now) }
    }

    private mutating func store(_ line: String, from origin: Origin, at now: Timestamp) {
        let parts = line.split(separator: ";").map { $0.trimmingSpaces() }
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
        var cookie = Cookie(
            name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]), domain: origin.host, path: origin.directory)
        var end: Timestamp?
        for attribute in parts.dropFirst() {
            let name = attribute.prefix { $0 != "=" }.lowercased()
            let value = attribute.dropFirst(name.count + 1).trimmingSpaces()
            switch name {
            case "path" where value.hasPrefix("/"): cookie.path = String(value)
            case "secure": cookie.isSecure = true
            case "domain" where !value.isEmpty:
                cookie.domain = String(value.hasPrefix(".") ? value.dropFirst() : value).lowercased()
                cookie.isForHostAlone = false
            // Max-Age wins over Expires, whichever comes first (RFC 6265 §5.3).
            case "expires" where end == nil: end = HTTPDate.parse(value)
            case "max-age": end = Int64(value).map { now + .seconds(min($0, 3_155_760_000)) } ?? end
            default: break
            }
        }
        guard Self.domain(origin.host, fits: cookie) else { return }
        cookies.removeAll { $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path }
        if end.map({ $0 > now }) ?? true { cookies.append(cookie) }
    }

    /// The `Cookie` header for a request; nil when no cookie belongs there. Ports do not matter (RFC 6265 §8.5).
    ///
    /// - Parameters:
    ///   - own: What the request's definition sends by itself.
    ///   - keptOnesWin: Which of two cookies of the same name is sent.
    func header(for url: String, own: String? = nil, keptOnesWin: Bool = false) -> String? {
        if cookies.isEmpty && own == nil { return nil }
        var pairs = Origin(url).map { origin in
            cookies.filter { Self.domain(origin.host, fits: $0) && Self.path(origin.path, isUnder: $0.path) && (origin.isSecure || !$0.isSecure) }
                .map { (name: $0.name, text: "\($0.name)=\($0.value)") }
        } ?? []
        var given = (own ?? "").split(separator: ";").map { $0.trimmingSpaces() }.map { (name: String($0.prefix { $0 != "=" }), text: String($0)) }
        if keptOnesWin {
            given.removeAll { one in pairs.contains { $0.name == one.name } }
        } else {
            pairs.removeAll { one in given.contains { $0.name == one.name } }
        }
        let all = (given + pairs).map(\.text)
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    private static func domain(_ host: String, fits cookie: Cookie) -> Bool {
        host == cookie.domain || !cookie.isForHostAlone && host.hasSuffix("." + cookie.domain)
    }

    private static func path(_ path: String, isUnder prefix: String) -> Bool {
        path == prefix || path.hasPrefix(prefix.hasSuffix("/") ? prefix : prefix + "/")
    }

    /// What a URL says about whose cookies are sent.
    private struct Origin {
        let host: String
        let path: String
        let isSecure: Bool

        init?(_ url: String) {
            let bytes = url.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else { return nil }
            isSecure = url[..<colon].lowercased() == "https"
            let rest = bytes[bytes.index(colon, offsetBy: 3)...]
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            let address = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] } ?? authority
            let end = address.first == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ":")
            host = Substring(address.prefix { $0 != end }).lowercased()
            let path = rest[authority.endIndex...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            self.path = path.isEmpty ? "/" : String(Substring(path))
        }

        /// The path of a cookie that names none (RFC 6265 §5.1.4).
        var directory: String {
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
            return String(path[..<slash])
        }
    }
}
