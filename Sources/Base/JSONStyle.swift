/// How JSON text looks: the dialects of the frameworks that the shops were written in.
public struct JSONStyle: Hashable, Sendable {
    /// Spaces per level; nil writes everything on one line.
    public var indent: Int?
    /// Between members, before the line break if there is one.
    public var itemSeparator: String
    public var keySeparator: String
    public var sortsKeys: Bool
    /// Writes `\u00e1` instead of UTF-8, as Python does by default.
    public var escapesNonASCII: Bool
    public var trailingNewline: Bool
    /// Writes `\u003c`, `\u003e`, `\u0026` for `<`, `>`, `&`, as Go does.
    public var escapesMarkup: Bool
    /// Writes lists on the line of their first element, `[ 1, 2 ]`, and what is empty with a space in it, as Jackson does.
    public var spacesLists: Bool

    public init(
        indent: Int? = nil, itemSeparator: String = ",", keySeparator: String = ":", sortsKeys: Bool = false,
        escapesNonASCII: Bool = false, trailingNewline: Bool = false, escapesMarkup: Bool = false, spacesLists: Bool = false
    ) {
        self.indent = indent
        self.itemSeparator = itemSeparator
        self.keySeparator = keySeparator
        self.sortsKeys = sortsKeys
        self.escapesNonASCII = escapesNonASCII
        self.trailingNewline = trailingNewline
        self.escapesMarkup = escapesMarkup
        self.spacesLists = spacesLists
    }

    /// No spaces, keys in the given order: `JSON.stringify`, Rails, Go.
    public static let compact = JSONStyle()
    /// Two spaces, `": "`: for people.
    public static let pretty = JSONStyle(indent: 2, keySeparator: ": ", trailingNewline: true)
    /// Flask 1.x `jsonify` with debug on (pallets/flask src/flask/json/__init__.py at 1.1.2): a space stays before each line break.
    public static let flaskDebug = JSONStyle(
        indent: 2, itemSeparator: ", ", keySeparator: ": ", sortsKeys: true, escapesNonASCII: true, trailingNewline: true)
    /// Flask 2 and later in debug mode: two spaces, sorted keys, ASCII, a line break at the end.
    public static let flask = JSONStyle(indent: 2, keySeparator: ": ", sortsKeys: true, escapesNonASCII: true, trailingNewline: true)
    /// Flask's `jsonify` with debug off: one line, sorted keys, ASCII, a line break at the end.
    public static let flaskCompact = JSONStyle(sortsKeys: true, escapesNonASCII: true, trailingNewline: true)
    /// Python's `json.dumps(sort_keys=True)`.
    public static let python = JSONStyle(itemSeparator: ", ", keySeparator: ": ", sortsKeys: true, escapesNonASCII: true)

    /// Go's `json.Encoder`: one line, markup escaped, a line break at the end (golang/go src/encoding/json/stream.go).
    public static let go = JSONStyle(trailingNewline: true, escapesMarkup: true)
    /// Jackson's default pretty printer, as Spring Data REST uses it (FasterXML/jackson-core DefaultPrettyPrinter.java).
    public static let jackson = JSONStyle(indent: 2, keySeparator: " : ", spacesLists: true)

    /// The names that packs use.
    public static let named: [String: JSONStyle] = [
        "compact": .compact, "pretty": .pretty, "flask-debug": .flaskDebug, "flask": .flask, "flask-compact": .flaskCompact, "python": .python, "go": .go,
        "jackson": .jackson,
    ]

    public func lineBreak(depth: Int, into out: inout [UInt8]) {
        guard let indent else { return }
        out.append(UInt8(ascii: "\n"))
        for _ in 0..<(indent * depth) { out.append(UInt8(ascii: " ")) }
    }

    /// Around and between the elements of a list, the elements being at `depth`.
    public func listBreak(depth: Int, into out: inout [UInt8]) {
        if spacesLists { out.append(UInt8(ascii: " ")) } else { lineBreak(depth: depth, into: &out) }
    }

    /// Level of the elements of a list at a level.
    public func elementDepth(in depth: Int) -> Int { spacesLists ? depth : depth + 1 }

    public func writeEmptyList(into out: inout [UInt8]) { out.append(spacesLists ? "[ ]" as StaticString : "[]") }
    public func writeEmptyRecord(into out: inout [UInt8]) { out.append(spacesLists ? "{ }" as StaticString : "{}") }

    /// Writes a value that starts at nesting level `depth`, without the trailing line break.
    public func write(_ value: Value, depth: Int = 0, into out: inout [UInt8]) {
        switch value {
        case .null: out.append("null" as StaticString)
        case .bool(let flag): out.append(flag ? "true" as StaticString : "false")
        case .int(let number): out.append(decimal: number)
        case .double(let number): out.append(Self.text(of: number))
        case .string(let text): writeString(text, into: &out)
        case .bytes(let bytes): writeString(String(decoding: bytes, as: UTF8.self), into: &out)
        case .list(let elements):
            guard !elements.isEmpty else { return writeEmptyList(into: &out) }
            out.append(UInt8(ascii: "["))
            let inner = elementDepth(in: depth)
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(itemSeparator) }
                listBreak(depth: inner, into: &out)
                write(element, depth: inner, into: &out)
            }
            listBreak(depth: depth, into: &out)
            out.append(UInt8(ascii: "]"))
        case .record(let record):
            guard !record.values.isEmpty else { return writeEmptyRecord(into: &out) }
            out.append(UInt8(ascii: "{"))
            let order = sortsKeys ? record.layout.names.indices.sorted { record.layout.names[$0] < record.layout.names[$1] } : Array(record.layout.names.indices)
            for (position, index) in order.enumerated() {
                if position > 0 { out.append(itemSeparator) }
                lineBreak(depth: depth + 1, into: &out)
                writeString(record.layout.names[index], into: &out)
                out.append(keySeparator)
                write(record.values[index], depth: depth + 1, into: &out)
            }
            lineBreak(depth: depth, into: &out)
            out.append(UInt8(ascii: "}"))
        }
    }

    /// Writes a quoted, escaped string (RFC 8259 §7).
    public func writeString(_ text: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            var index = 0
            while index < utf8.count {
                let byte = utf8[index]
                if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && (byte < 0x80 || !escapesNonASCII) && !(escapesMarkup && Self.isMarkup(byte)) {
                    index += 1
                    continue
                }
                out.append(contentsOf: utf8[start..<index])
                index += 1
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(UInt8(ascii: "\\")); out.append(byte)
                case UInt8(ascii: "\n"): out.append("\\n" as StaticString)
                case UInt8(ascii: "\r"): out.append("\\r" as StaticString)
                case UInt8(ascii: "\t"): out.append("\\t" as StaticString)
                case 0x08: out.append("\\b" as StaticString)
                case 0x0c: out.append("\\f" as StaticString)
                case _ where byte < 0x20 || Self.isMarkup(byte): out.append("\\u" as StaticString); out.append(hex: UInt64(byte), width: 4)
                default:
                    let first = index - 1
                    while index < utf8.count && utf8[index] & 0xc0 == 0x80 { index += 1 }
                    for unit in String(decoding: utf8[first..<index], as: UTF8.self).utf16 {
                        out.append("\\u" as StaticString)
                        out.append(hex: UInt64(unit), width: 4)
                    }
                }
                start = index
            }
            out.append(contentsOf: utf8[start..<utf8.count])
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func isMarkup(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&") }

    /// Shortest text that reads back the same: `15.1`, `15.0`, `1e+100`. Not-a-number and infinities become null, as JSON has no word for them.
    public static func text(of number: Double) -> String { number.isFinite ? number.description : "null" }
}

extension Value {
    public func json(_ style: JSONStyle = .compact) -> String {
        String(decoding: jsonBytes(style), as: UTF8.self)
    }

    public func jsonBytes(_ style: JSONStyle = .compact) -> [UInt8] {
        var out: [UInt8] = []
        style.write(self, into: &out)
        if style.trailingNewline { out.append(UInt8(ascii: "\n")) }
        return out
    }
}
