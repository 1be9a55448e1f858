import Base

/// A cookie that a server sets (RFC 6265 §4.1).
public struct SetCookie: Sendable, Equatable {
    public enum SameSite: String, Sendable, CaseIterable {
        case strict = "Strict"
        case lax = "Lax"
        case none = "None"
    }

    public var name: String
    public var value: String
    public var path: String?
    public var domain: String?
    /// Whole seconds; 0 or less deletes the cookie.
    public var maxAgeSeconds: Int?
    public var expires: Timestamp?
    public var isSecure: Bool
    public var isHTTPOnly: Bool
    public var sameSite: SameSite?

    public init(
        name: String, value: String, path: String? = "/", domain: String? = nil, maxAgeSeconds: Int? = nil, expires: Timestamp? = nil,
        isSecure: Bool = false, isHTTPOnly: Bool = false, sameSite: SameSite? = nil
    ) {
        self.name = name
        self.value = value
        self.path = path
        self.domain = domain
        self.maxAgeSeconds = maxAgeSeconds
        self.expires = expires
        self.isSecure = isSecure
        self.isHTTPOnly = isHTTPOnly
        self.sameSite = sameSite
    }

    /// The value of the `Set-Cookie` field: `name=value; Path=/; Max-Age=60; HttpOnly`.
    ///
    /// Characters that would end a part of it (control characters, semicolons, in the name also `=` and spaces) and bytes beyond ASCII are
    /// percent-encoded, so that no value can add attributes.
    public var headerValue: String {
        var text = "\(Self.safe(name, isName: true))=\(Self.safe(value))"
        if let domain { text += "; Domain=\(Self.safe(domain))" }
        if let path { text += "; Path=\(Self.safe(path))" }
        if let expires { text += "; Expires=\(expires.httpDate)" }
        if let maxAgeSeconds { text += "; Max-Age=\(maxAgeSeconds)" }
        if isHTTPOnly { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        if let sameSite { text += "; SameSite=\(sameSite.rawValue)" }
        return text
    }

    private static func safe(_ text: String, isName: Bool = false) -> String {
        let isSafe: (UInt8) -> Bool = { byte in
            (0x20...0x7e).contains(byte) && byte != UInt8(ascii: ";") && !(isName && (byte == 0x20 || byte == UInt8(ascii: "=")))
        }
        if text.utf8.allSatisfy(isSafe) { return text }
        return String(decoding: text.utf8.flatMap { isSafe($0) ? [$0] : escape($0) }, as: UTF8.self)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
