extension [UInt8] {
    /// Appends text so that it is safe in HTML content and in attributes in either kind of quotes.
    mutating func append(escapingHTML text: String) {
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in utf8.indices where utf8[index] <= UInt8(ascii: ">") {
                guard let entity = Self.entity(for: utf8[index]) else { continue }
                append(contentsOf: utf8[start..<index])
                entity.withUTF8Buffer { append(contentsOf: $0) }
                start = index + 1
            }
            append(contentsOf: utf8[start...])
        }
    }

    private static func entity(for byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
