import Base

/// What a format writes of a line's named fields.
enum LogFields: Sendable {
    /// All of them, `,"name":value` each: to stand behind the last member of an object.
    case allJSON
    /// All of them, ` name=value` each, as go-kit's logfmt writes them (go-logfmt/logfmt encode.go).
    case allLogfmt
    /// The text of one; nothing when the line has none of the name.
    case one(String)
    /// One as JSON; null when the line has none of the name.
    case oneJSON(String)

    @inline(never)
    func write(_ fields: [Attribute], into out: inout [UInt8]) {
        switch self {
        case .allJSON: for field in fields { Self.writeMember(field, into: &out) }
        case .allLogfmt: for field in fields { Self.writePair(field, into: &out) }
        case .one(let name): if let value = fields[name] { out.append(value.text) }
        case .oneJSON(let name): JSONStyle.compact.write(fields[name] ?? .null, into: &out)
        }
    }

    private static func writeMember(_ field: Attribute, into out: inout [UInt8]) {
        out.append(UInt8(ascii: ","))
        JSONStyle.compact.writeString(field.name, into: &out)
        out.append(UInt8(ascii: ":"))
        JSONStyle.compact.write(field.value, into: &out)
    }

    private static func writePair(_ field: Attribute, into out: inout [UInt8]) {
        out.append(UInt8(ascii: " "))
        out.append(field.name)
        out.append(UInt8(ascii: "="))
        if field.value.isNull { return out.append("null" as StaticString) }
        let text = field.value.text
        // In quotes only where a reader could not tell the value's end otherwise.
        let needsQuotes = text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\"") || $0 == 0x7f }
        if needsQuotes { JSONStyle.compact.writeString(text, into: &out) } else { out.append(text) }
    }
}
