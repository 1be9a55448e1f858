import Base

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The formats of draft 7 (section 7.3) that are looked at; all others reject nothing, as the draft allows.
enum SchemaFormat: String {
    case dateTime = "date-time"
    case date, time
    case email, hostname, ipv4, ipv6
    case uri
    case uriReference = "uri-reference"
    case jsonPointer = "json-pointer"
    case regex
    case uuid

    func accepts(_ text: String) -> Bool {
        switch self {
        case .date: return Self.isDate(text)
        case .time: return Self.isTime(text)
        case .dateTime:
            // RFC 3339 §5.6: T and Z may be lower case.
            guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return false }
            return Self.isDate(text[..<separator]) && Self.isTime(text[text.index(after: separator)...])
        case .email: return Self.matches(text, "^[^\\s@]+@[^\\s@.][^\\s@]*$")
        case .hostname:
            return text.utf8.count <= 253 && Self.matches(text, "^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$")
        case .ipv4: return Self.isAddress(text, AF_INET)
        case .ipv6: return Self.isAddress(text, AF_INET6)
        case .uri: return Self.matches(text, "^[A-Za-z][A-Za-z0-9+.-]*:\(Self.uriCharacters)*$")
        case .uriReference: return Self.matches(text, "^(?![0-9+.-][^/?#]*:)\(Self.uriCharacters)*$")
        case .jsonPointer: return Self.matches(text, "^(/([^~/]|~[01])*)*$")
        case .regex: return (try? CheckPattern(text)) != nil
        case .uuid: return Self.matches(text, "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$")
        }
    }

    /// Characters that RFC 3986 lets stand in a reference, and percent escapes.
    private static let uriCharacters = "([A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"

    private static func matches(_ text: some StringProtocol, _ pattern: String) -> Bool {
        (try? CheckPattern(pattern).matches(String(text))) ?? false
    }

    private static func isDate(_ text: some StringProtocol) -> Bool {
        guard matches(text, "^\\d{4}-\\d{2}-\\d{2}$") else { return false }
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard (1...12).contains(parts[1]) else { return false }
        let isLeap = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[parts[1] - 1]).contains(parts[2])
    }

    /// RFC 3339 `full-time`; a leap second only where one can be, at the end of a day.
    private static func isTime(_ text: some StringProtocol) -> Bool {
        matches(text, "^(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d|23:59:60)(\\.\\d+)?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$")
    }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var storage = in6_addr()
        return inet_pton(family, text, &storage) == 1
    }
}
