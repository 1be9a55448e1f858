/// One cookie as a client sends it.
public struct Cookie: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Reads a `Cookie` field (RFC 6265 §5.4) leniently, as servers do: pieces without name or `=` are skipped, surrounding quotes go.
    public static func parse(_ field: String) -> [Cookie] {
        field.utf8.split(separator: UInt8(ascii: ";")).compactMap { piece in
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = trimmed(piece[..<equals])
            guard !name.isEmpty else { return nil }
            return Cookie(name: String(Substring(name)), value: String(Substring(unquoted(trimmed(piece[equals...].dropFirst())))))
        }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var rest = text.drop { $0 == 32 || $0 == 9 }
        while let last = rest.last, last == 32 || last == 9 { rest.removeLast() }
        return rest
    }

    private static func unquoted(_ text: Substring.UTF8View) -> Substring.UTF8View {
        text.count >= 2 && text.first == 34 && text.last == 34 ? text.dropFirst().dropLast() : text
    }
}

extension Request {
    /// All cookies in the order in which they came; a name may repeat.
    public var cookies: [Cookie] { headers.values("Cookie").flatMap(Cookie.parse) }

    /// The first cookie of this name, which by RFC 6265 is the one with the most specific path.
    public func cookie(_ name: String) -> String? { cookies.first { $0.name == name }?.value }
}
