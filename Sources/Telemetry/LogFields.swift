import Base

/// Writes the named fields of a log line in a row.
enum LogFields {
    enum Style: Sendable {
        /// `,"name":value` each: to stand behind the last member of an object.
        case json
        /// ` name=value` each, as go-kit's logfmt writes them (go-logfmt/logfmt encode.go).
        case logfmt
    }

    static func write(_ fields: [Attribute], _ style: Style, into out: inout [UInt8]) {
        for field in fields {
            switch style {
            case .json:
                out.append(UInt8(ascii: ","))
                JSONStyle.compact.writeString(field.name, into: &out)
                out.append(UInt8(ascii: ":"))
                JSONStyle.compact.write(field.value, into: &out)
            case .logfmt:
                out.append(UInt8(ascii: " "))
                out.append(field.name)
                out.append(UInt8(ascii: "="))
                writePlain(field.value, into: &out)
            }
        }
    }

    /// In quotes only where a reader could not tell the value's end otherwise.
    private static func writePlain(_ value: Value, into out: inout [UInt8]) {
        if value.isNull { return out.append("null" as StaticString) }
        let text = value.text
        let needsQuotes = text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\"") || $0 == 0x7f }
        if needsQuotes { JSONStyle.compact.writeString(text, into: &out) } else { out.append(text) }
    }
}
