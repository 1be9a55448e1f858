import Base

/// One `Set-Cookie` line as the browser's protocol takes it (`Network.setCookie`).
struct CookieLine {
    private let name: String
    private let value: String
    private let attributes: [(name: String, value: String)]

    /// Nil for a line without a name.
    init?(_ line: String) {
        let parts = line.split(separator: ";").map { Self.pair($0) }
        guard let first = parts.first, !first.name.isEmpty else { return nil }
        (name, value) = first
        attributes = parts.dropFirst().map { ($0.name.lowercased(), $0.value) }
    }

    /// Lines of `setCookie`, empty ones left out.
    static func lines(_ text: String) -> [String] { text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.contains("=") } }

    /// Each pair of a `Cookie` header as a line of its own.
    static func pairs(_ text: String) -> [String] { text.split(separator: ";").map(String.init).filter { $0.contains("=") } }

    /// - Parameter url: Says which host the cookie belongs to unless the line names a domain.
    func parameters(for url: String) -> Value {
        var members: [(String, Value)] = [("name", .string(name)), ("value", .string(value)), ("url", .string(url))]
        for attribute in attributes {
            switch attribute.name {
            case "domain": members.append(("domain", .string(attribute.value)))
            case "path": members.append(("path", .string(attribute.value)))
            case "secure": members.append(("secure", true))
            case "httponly": members.append(("httpOnly", true))
            case "samesite": members.append(("sameSite", .string(attribute.value.capitalizedFirst)))
            default: break
            }
        }
        return .record(Record(members))
    }

    private static func pair(_ text: Substring) -> (name: String, value: String) {
        let equals = text.firstIndex(of: "=")
        let name = text[..<(equals ?? text.endIndex)].trimmed
        return (name, equals.map { text[text.index(after: $0)...].trimmed } ?? "")
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { String(start[...$0]) } ?? ""
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
