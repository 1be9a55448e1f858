/// A path pattern such as `/products/{slug}`, `/banners/{weight:decimal}` or `/t/{permalink...}`.
public struct RoutePattern: Sendable, Hashable, CustomStringConvertible {
    public enum Part: Sendable, Hashable {
        case literal(String)
        /// Digits, a dot, digits.
        case decimal(name: String)
        /// Digits.
        case integer(name: String)
        /// Any text that is not empty.
        case any(name: String)
        /// One or more segments to the end of the path, joined by slashes.
        case rest(name: String)

        public var name: String? {
            switch self {
            case .literal: nil
            case .decimal(let name), .integer(let name), .any(let name), .rest(let name): name
            }
        }
    }

    public enum ParseError: Error, Sendable, Equatable, CustomStringConvertible {
        case noLeadingSlash(pattern: String)
        case emptySegment(pattern: String)
        /// Braces must enclose a whole segment.
        case badBraces(pattern: String, segment: String)
        case unknownType(pattern: String, type: String)
        case repeatedName(pattern: String, name: String)
        case restNotAtEnd(pattern: String, name: String)

        public var description: String {
            switch self {
            case .noLeadingSlash(let pattern): "\"\(pattern)\" must begin with a slash"
            case .emptySegment(let pattern): "\"\(pattern)\" has an empty segment"
            case .badBraces(let pattern, let segment):
                "\"\(segment)\" in \"\(pattern)\": a parameter is a whole segment in braces, such as {id}, {id:integer} or {path...}"
            case .unknownType(let pattern, let type): "no type named \"\(type)\" in \"\(pattern)\"; use integer or decimal"
            case .repeatedName(let pattern, let name): "\"\(pattern)\" names \"\(name)\" twice"
            case .restNotAtEnd(let pattern, let name): "{\(name)...} must be the last segment of \"\(pattern)\""
            }
        }
    }

    public let parts: [Part]
    /// As written.
    public let description: String

    public init(_ text: String) throws(ParseError) {
        guard text.utf8.first == UInt8(ascii: "/") else { throw .noLeadingSlash(pattern: text) }
        var parts: [Part] = []
        // A slash at the end means nothing here; the router decides how to treat it in paths.
        var segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if segments.last == "" { segments.removeLast() }
        for (index, segment) in segments.enumerated() {
            if segment.isEmpty { throw .emptySegment(pattern: text) }
            let part = try Self.part(segment, of: text)
            if let name = part.name, parts.contains(where: { $0.name == name }) { throw .repeatedName(pattern: text, name: name) }
            if case .rest(let name) = part, index < segments.count - 1 { throw .restNotAtEnd(pattern: text, name: name) }
            parts.append(part)
        }
        self.parts = parts
        description = text
    }

    /// Names of the parameters from left to right.
    public var parameterNames: [String] { parts.compactMap(\.name) }

    private static func part(_ segment: Substring, of pattern: String) throws(ParseError) -> Part {
        guard segment.contains(where: { $0 == "{" || $0 == "}" }) else { return .literal(String(segment)) }
        let inner = segment.dropFirst().dropLast()
        guard segment.first == "{", segment.last == "}", segment.count > 2, !inner.contains(where: { $0 == "{" || $0 == "}" }) else {
            throw .badBraces(pattern: pattern, segment: String(segment))
        }
        if inner.hasSuffix("...") {
            guard inner.count > 3 else { throw .badBraces(pattern: pattern, segment: String(segment)) }
            return .rest(name: String(inner.dropLast(3)))
        }
        guard let colon = inner.firstIndex(of: ":") else { return .any(name: String(inner)) }
        let name = String(inner[..<colon])
        guard !name.isEmpty else { throw .badBraces(pattern: pattern, segment: String(segment)) }
        switch inner[colon...].dropFirst() {
        case "integer": return .integer(name: name)
        case "decimal": return .decimal(name: name)
        case let type: throw .unknownType(pattern: pattern, type: String(type))
        }
    }
}
