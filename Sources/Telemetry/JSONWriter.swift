import Base

/// Writes JSON piece by piece, for answers too large to be built as values first.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    public mutating func object(_ body: (inout JSONWriter) -> Void) { nest("{", "}", body) }
    public mutating func array(_ body: (inout JSONWriter) -> Void) { nest("[", "]", body) }

    public mutating func array<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
        array { json in for element in elements { body(&json, element) } }
    }

    /// The name of the next value.
    public mutating func key(_ name: String) {
        comma()
        JSONStyle.compact.writeString(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func value(_ text: String) {
        comma()
        JSONStyle.compact.writeString(text, into: &bytes)
    }

    public mutating func value(_ number: Int) {
        comma()
        bytes.append(decimal: number)
    }

    public mutating func value(_ flag: Bool) {
        comma()
        bytes.append(flag ? "true" as StaticString : "false")
    }

    public mutating func null() {
        comma()
        bytes.append("null" as StaticString)
    }

    public mutating func value(_ value: Value) {
        comma()
        JSONStyle.compact.write(value, into: &bytes)
    }

    public mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    public mutating func member(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    public mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    private mutating func nest(_ open: Character, _ close: Character, _ body: (inout JSONWriter) -> Void) {
        comma()
        bytes.append(open.asciiValue!)
        needsComma = false
        body(&self)
        bytes.append(close.asciiValue!)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
