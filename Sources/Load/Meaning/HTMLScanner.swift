/// Splits HTML into tags and text as browsers do with what people write: nothing is an error.
struct HTMLScanner: IteratorProtocol, Sequence {
    enum Token: Equatable {
        case open(name: String, attributes: [Attribute])
        case close(name: String)
        /// Between tags, character references decoded.
        case text(String)
        /// Inside `script`.
        case script(String)
    }

    struct Attribute: Equatable {
        var name: String
        var value: String
    }

    /// Longer attribute values, which are inlined pictures, come out empty.
    private static let valueLimit = 8_192

    private let bytes: [UInt8]
    private var index = 0
    /// The element whose content is no HTML, between its tags.
    private var rawElement: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        while index < bytes.count {
            if let name = rawElement {
                let content = raw(until: name)
                if name == "script", !content.isEmpty { return .script(content) }
                continue
            }
            guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count, Self.opensMarkup(bytes[index + 1]) else { return .text(text()) }
            switch bytes[index + 1] {
            case UInt8(ascii: "!"), UInt8(ascii: "?"): skipDeclaration()
            case UInt8(ascii: "/"): return closing()
            default: return opening()
            }
        }
        return nil
    }

    private static func opensMarkup(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) || "/!?".utf8.contains(byte) }

    // MARK: Parts

    private mutating func text() -> String {
        let start = index
        index += 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count, Self.opensMarkup(bytes[index + 1]) { break }
            index += 1
        }
        return Self.decode(bytes[start..<index])
    }

    private mutating func raw(until name: String) -> String {
        rawElement = nil
        let end = [UInt8]("</\(name)".utf8)
        let start = index
        while index < bytes.count, !(bytes[index] == end[0] && bytes[index...].prefix(end.count).elementsEqual(end, by: { $0 == $1 || $0 | 0x20 == $1 })) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipDeclaration() {
        let isComment = bytes[index...].starts(with: "<!--".utf8)
        index += isComment ? 4 : 2
        while index < bytes.count {
            defer { index += 1 }
            guard bytes[index] == UInt8(ascii: ">") else { continue }
            if !isComment || bytes[..<index].suffix(2).elementsEqual("--".utf8) { return }
        }
    }

    private mutating func closing() -> Token {
        index += 2
        let name = name()
        while index < bytes.count, bytes[index] != UInt8(ascii: ">") { index += 1 }
        index = Swift.min(index + 1, bytes.count)
        return .close(name: name)
    }

    private mutating func opening() -> Token {
        index += 1
        let name = name()
        var attributes: [Attribute] = []
        while true {
            while index < bytes.count, Self.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: "/") { index += 1 }
            guard index < bytes.count, bytes[index] != UInt8(ascii: ">") else { break }
            attributes.append(attribute())
        }
        index = Swift.min(index + 1, bytes.count)
        if name == "script" || name == "style" { rawElement = name }
        return .open(name: name, attributes: attributes)
    }

    private mutating func name() -> String {
        let start = index
        while index < bytes.count, !Self.isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">"), bytes[index] != UInt8(ascii: "/") { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    }

    private mutating func attribute() -> Attribute {
        let start = index
        index += 1
        while index < bytes.count, !Self.isSpace(bytes[index]), !">=/".utf8.contains(bytes[index]) { index += 1 }
        let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        var look = index
        while look < bytes.count, Self.isSpace(bytes[look]) { look += 1 }
        guard look < bytes.count, bytes[look] == UInt8(ascii: "=") else { return Attribute(name: name, value: "") }
        index = look + 1
        while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        return Attribute(name: name, value: value())
    }

    private mutating func value() -> String {
        guard index < bytes.count else { return "" }
        let quote = bytes[index]
        let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        if isQuoted { index += 1 }
        let start = index
        while index < bytes.count, isQuoted ? bytes[index] != quote : !Self.isSpace(bytes[index]) && bytes[index] != UInt8(ascii: ">") { index += 1 }
        defer { if isQuoted { index = Swift.min(index + 1, bytes.count) } }
        return index - start > Self.valueLimit ? "" : Self.decode(bytes[start..<index])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    // MARK: Character references

    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©", "hellip": "…", "ndash": "–", "mdash": "—", "middot": "·",
        "times": "×", "euro": "€", "pound": "£", "laquo": "«", "raquo": "»",
    ]

    private static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(UInt8(ascii: "&")) else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            out += rest[..<start]
            rest = rest[start...]
            let body = rest.dropFirst().prefix(10).prefix { $0 != ";" }
            guard body.endIndex < rest.endIndex, rest[body.endIndex] == ";", let character = character(String(body)) else {
                out += "&"
                rest = rest.dropFirst()
                continue
            }
            out += character
            rest = rest[rest.index(after: body.endIndex)...]
        }
        return out + rest
    }

    private static func character(_ reference: String) -> String? {
        guard reference.hasPrefix("#") else { return named[reference] }
        let digits = reference.dropFirst()
        let number = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(UnicodeScalar.init).map { String(Character($0)) }
    }
}
