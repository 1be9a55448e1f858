import Base

/// A request target (RFC 9112 §3.2) taken apart; nothing is decoded before it is asked for.
public struct RequestTarget: Sendable, Equatable {
    /// As sent.
    public let raw: String
    /// Still percent-encoded, for example `/caf%C3%A9`. Begins with `/` except for `*` and targets that are no paths.
    public let rawPath: Substring
    /// What follows the first `?`, still encoded; nil without one.
    public let rawQuery: Substring?

    public init(_ raw: String) {
        self.raw = raw
        var path = Self.withoutOrigin(raw)
        // A fragment never belongs on the wire; clients that send one mean what precedes it.
        if let hash = path.utf8.firstIndex(of: UInt8(ascii: "#")) { path = path[..<hash] }
        if let mark = path.utf8.firstIndex(of: UInt8(ascii: "?")) {
            rawPath = path[..<mark]
            rawQuery = path[path.utf8.index(after: mark)...]
        } else {
            rawPath = path
            rawQuery = nil
        }
    }

    /// Proxies' clients send `http://host/path`; servers must take it (RFC 9112 §3.2.2).
    private static func withoutOrigin(_ raw: String) -> Substring {
        guard raw.utf8.first != UInt8(ascii: "/"), let scheme = ["http://", "https://"].first(where: { raw.lowercasedPrefix(is: $0) }) else {
            return raw[...]
        }
        let rest = raw.utf8.dropFirst(scheme.utf8.count)
        guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else { return "/" }
        // "http://host?a=1" has an empty path, which means "/" (RFC 9110 §4.2.3); its query is found all the same.
        return Substring(rest[end...])
    }

    /// Path and query as a server sees them (RFC 9112 §3.2.1), whatever form they were sent in.
    public var originForm: String {
        if raw.utf8.first == UInt8(ascii: "/") { return raw }
        return rawQuery.map { "\(rawPath)?\($0)" } ?? String(rawPath)
    }

    /// The path's segments, decoded one by one so that an encoded slash stays inside its segment. `/a/` has `a` and an empty one.
    public func segments() throws(PercentEncoding.BadEscape) -> [String] {
        try Self.segments(of: rawPath)
    }

    static func segments(of path: Substring) throws(PercentEncoding.BadEscape) -> [String] {
        var rest = path.utf8[...]
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        if rest.isEmpty { return [] }
        var segments: [String] = []
        for piece in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try PercentEncoding.decode(Substring(piece)))
        }
        return segments
    }

    /// The decoded path; an encoded slash can no longer be told from a plain one.
    public func path() throws(PercentEncoding.BadEscape) -> String { try PercentEncoding.decode(rawPath) }

    /// Decoded at every call.
    public var query: QueryPairs { rawQuery.map { QueryPairs(parsing: $0) } ?? QueryPairs() }
}

extension String {
    fileprivate func lowercasedPrefix(is prefix: String) -> Bool {
        utf8.count >= prefix.utf8.count && String(self.prefix(prefix.count)).equalsIgnoringCase(prefix)
    }
}
