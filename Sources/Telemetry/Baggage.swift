import Base

/// W3C Baggage: `key=value;property,key=value`, values percent-encoded.
enum Baggage {
    /// What a header may carry at most; W3C asks to support at least this.
    static let memberLimit = 64
    static let byteLimit = 8_192

    /// Empty when one member has no `=`, or an empty key or value: dd-trace then drops the whole header.
    static func parse(_ header: String) -> [TraceContext.BaggageItem] {
        var items: [TraceContext.BaggageItem] = []
        for member in header.split(separator: ",").prefix(memberLimit) {
            let parts = member.split(separator: ";", maxSplits: 1)
            guard let first = parts.first, let equals = first.firstIndex(of: "=") else { return [] }
            let key = first[..<equals].trimmed
            let value = PercentEncoding.decodeLeniently(first[first.index(after: equals)...].trimmed)
            guard !key.isEmpty, !value.isEmpty else { return [] }
            let properties = parts.count > 1 ? String(parts[1].trimmed) : ""
            items.append(TraceContext.BaggageItem(key: String(key), value: value, properties: properties))
        }
        return items
    }

    static func text(_ items: [TraceContext.BaggageItem]) -> String {
        var out = ""
        for item in items.prefix(memberLimit) {
            var member = item.key + "=" + percentEncoded(item.value)
            if !item.properties.isEmpty { member += ";" + item.properties }
            if out.utf8.count + member.utf8.count + 1 > byteLimit { break }
            out += out.isEmpty ? member : "," + member
        }
        return out
    }

    /// Leaves baggage-octets as they are: printable ASCII without space, `"`, `,`, `;`, `\` and the `%` of the encoding itself.
    private static func percentEncoded(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"), UInt8(ascii: "%"), 0...32, 127...255:
                out.append(UInt8(ascii: "%"))
                out.append(contentsOf: String(byte >> 4, radix: 16, uppercase: true).utf8)
                out.append(contentsOf: String(byte & 15, radix: 16, uppercase: true).utf8)
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
