extension JSONPathParser {
    mutating func anyOf() throws(JSONPathError) -> JSONPathFilter {
        var list = [try allOf()]
        while take("||", afterSpace: true) { list.append(try allOf()) }
        return list.count == 1 ? list[0] : .any(list)
    }

    private mutating func allOf() throws(JSONPathError) -> JSONPathFilter {
        var list = [try term()]
        while take("&&", afterSpace: true) { list.append(try term()) }
        return list.count == 1 ? list[0] : .all(list)
    }

    private mutating func term() throws(JSONPathError) -> JSONPathFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit) levels") }
        skipSpace()
        if !peek("!="), take("!") { return .not(try term()) }
        if take("(") {
            let inner = try anyOf()
            guard take(")", afterSpace: true) else { throw error("expected ), found \(found)") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(JSONPathError) -> JSONPathFilter {
        let left = try operand()
        skipSpace()
        if take("=~") { return .matches(left, pattern: try regex()) }
        for relation in JSONPathFilter.Relation.allCases where bytes[index...].starts(with: relation.rawValue.utf8) {
            index += relation.rawValue.utf8.count
            return .compare(left, relation, try operand())
        }
        return .exists(left)
    }

    private mutating func operand() throws(JSONPathError) -> JSONPathFilter.Operand {
        skipSpace()
        if take("@") { return .current(try steps()) }
        if take("$") { return .root(try steps()) }
        if peek("'") || peek("\"") { return .literal(.string(try quoted())) }
        if take("true") { return .literal(.bool(true)) }
        if take("false") { return .literal(.bool(false)) }
        if take("null") { return .literal(.null) }
        return .literal(try number())
    }

    private mutating func number() throws(JSONPathError) -> Value {
        let start = index
        while index < bytes.count, (48...57).contains(bytes[index]) || bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-") {
            index += 1
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let number = Int(text) { return .int(number) }
        if let number = Double(text), number.isFinite { return .double(number) }
        index = start
        throw error("expected @, $, a text in quotes or a number, found \(found)")
    }

    private mutating func regex() throws(JSONPathError) -> String {
        skipSpace()
        guard take("/") else { throw error("expected a regular expression between slashes, found \(found)") }
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "/") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count else {
            index = start
            throw error("this regular expression has no closing slash")
        }
        var text = String(decoding: bytes[start..<index], as: UTF8.self)
        index += 1
        if take("i") { text = "(?i)" + text }
        do { _ = try Pattern(text) } catch {
            index = start
            throw self.error("not a regular expression: \(error.reason)")
        }
        return text
    }
}
