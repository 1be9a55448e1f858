/// Reads JSON path expressions.
struct JSONPathParser {
    /// Filters inside filters and brackets inside brackets; more is refused instead of overflowing the stack.
    static let depthLimit = 20

    let bytes: [UInt8]
    var index = 0
    var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func path() throws(JSONPathError) -> JSONPath.Query {
        skipSpace()
        guard take("$") else { throw error("a JSON path starts with $") }
        let query = try steps()
        skipSpace()
        if index < bytes.count { throw error("unexpected \(found)") }
        return query
    }

    /// The steps that follow `$` or `@`.
    mutating func steps() throws(JSONPathError) -> JSONPath.Query {
        var query = JSONPath.Query()
        while index < bytes.count {
            if take("..") {
                query.steps.append(JSONPath.Step(selector: peek("[") ? try bracket() : try dotted(), isDescendant: true))
            } else if take(".") {
                let start = index
                let selector = try dotted()
                guard take("(") else { query.steps.append(JSONPath.Step(selector: selector)); continue }
                guard selector == .name("length"), take(")") else {
                    index = start
                    throw error("the only function is length()")
                }
                query.endsWithLength = true
                return query
            } else if peek("[") {
                query.steps.append(JSONPath.Step(selector: try bracket()))
            } else {
                break
            }
        }
        return query
    }

    private mutating func dotted() throws(JSONPathError) -> JSONPath.Selector {
        if take("*") { return .wildcard }
        let start = index
        while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
        guard index > start else { throw error("expected a name, found \(found)") }
        return .name(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"), 0x80...: true
        default: false
        }
    }

    private mutating func bracket() throws(JSONPathError) -> JSONPath.Selector {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit) levels") }
        index += 1
        var selectors = [try bracketItem()]
        while take(",", afterSpace: true) { selectors.append(try bracketItem()) }
        guard take("]", afterSpace: true) else { throw error("expected ], found \(found)") }
        return selectors.count == 1 ? selectors[0] : .union(selectors)
    }

    private mutating func bracketItem() throws(JSONPathError) -> JSONPath.Selector {
        skipSpace()
        if take("*") { return .wildcard }
        if peek("'") || peek("\"") { return .name(try quoted()) }
        if take("?") { return .filter(try anyOf()) }
        return try indexOrSlice()
    }

    private mutating func indexOrSlice() throws(JSONPathError) -> JSONPath.Selector {
        let first = try integer()
        guard take(":", afterSpace: true) else {
            guard let first else { throw error("expected a name in quotes, a number, *, : or ?( ), found \(found)") }
            return .index(first)
        }
        let end = try integer()
        let step = take(":", afterSpace: true) ? try integer() ?? 1 : 1
        guard step != 0 else { throw error("the step of a slice must not be 0") }
        return .slice(from: first, to: end, step: step)
    }

    private mutating func integer() throws(JSONPathError) -> Int? {
        skipSpace()
        let start = index
        _ = take("-")
        while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
        if index == start { return nil }
        // Nine digits are more elements than any body has, and keep all sums inside Int.
        guard index - start <= 10, let number = Int(String(decoding: bytes[start..<index], as: UTF8.self)), abs(number) < 1_000_000_000 else {
            index = start
            throw error("expected a number below 1000000000")
        }
        return number
    }

    mutating func quoted() throws(JSONPathError) -> String {
        let start = index
        let quote = bytes[index]
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), index < bytes.count {
                text.append(bytes[index])
                index += 1
            } else {
                text.append(byte)
            }
        }
        index = start
        throw error("this quote is never closed")
    }

    // MARK: Reading

    mutating func skipSpace() {
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") { index += 1 }
    }

    func peek(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    mutating func take(_ text: StaticString, afterSpace: Bool = false) -> Bool {
        if afterSpace { skipSpace() }
        guard peek(text) else { return false }
        index += text.utf8CodeUnitCount
        return true
    }

    var found: String {
        guard let first = String(decoding: bytes[index...], as: UTF8.self).first else { return "the end" }
        return "\"\(first)\""
    }

    func error(_ reason: String) -> JSONPathError { JSONPathError(column: index + 1, reason: reason) }
}
