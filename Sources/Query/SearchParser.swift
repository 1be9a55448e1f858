/// Reads searches: `service:(a OR b) status:error -@http.status_code:404 @duration:>5 "two words"`, and `field>5` besides.
///
/// AND binds tighter than OR. `\` takes the meaning off the next character.
struct SearchParser {
    private let text: [Character]
    private var index = 0
    private var depth = 0

    private init(_ text: String) { self.text = Array(text) }

    /// An empty text is a search that everything fits.
    static func parse(_ text: String) throws(QueryError) -> SearchExpression {
        var parser = SearchParser(text)
        parser.skipSpace()
        if parser.index == parser.text.count { return .all }
        let expression = try parser.alternatives(of: nil)
        if parser.index < parser.text.count { throw parser.error("unexpected \"\(parser.text[parser.index])\"") }
        return expression
    }

    /// The field that the values inside `field:( ... )` belong to.
    private struct Field {
        var name: String
        var isAttribute: Bool
    }

    private func error(_ message: String) -> QueryError { QueryError(message, column: index + 1) }

    private var next: Character? { index < text.count ? text[index] : nil }

    private mutating func skipSpace() {
        while let next, next.isWhitespace { index += 1 }
    }

    private mutating func takeWord(_ word: String) -> Bool {
        let end = index + word.count
        guard end <= text.count, String(text[index..<end]) == word else { return false }
        if end < text.count, !text[end].isWhitespace, text[end] != "(", text[end] != ")" { return false }
        index = end
        skipSpace()
        return true
    }

    private mutating func alternatives(of field: Field?) throws(QueryError) -> SearchExpression {
        var parts = [try conjunction(of: field)]
        while takeWord("OR") { parts.append(try conjunction(of: field)) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction(of field: Field?) throws(QueryError) -> SearchExpression {
        var parts = [try unary(of: field)]
        while true {
            skipSpace()
            if takeWord("AND") { parts.append(try unary(of: field)); continue }
            guard let next, next != ")", !startsOR else { break }
            parts.append(try unary(of: field))
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private var startsOR: Bool {
        var copy = self
        return copy.takeWord("OR")
    }

    private mutating func unary(of field: Field?) throws(QueryError) -> SearchExpression {
        skipSpace()
        // A search comes from the network; a thousand brackets must not end on the stack.
        depth += 1
        defer { depth -= 1 }
        if depth > 50 { throw error("nested too deeply") }
        guard let next else { throw error("the query ends where a term should be") }
        if takeWord("NOT") { return .not(try unary(of: field)) }
        if next == "-", index + 1 < text.count, !text[index + 1].isWhitespace {
            index += 1
            return .not(try unary(of: field))
        }
        if next == "(" { return try group(of: field) }
        return try term(of: field)
    }

    private mutating func group(of field: Field?) throws(QueryError) -> SearchExpression {
        index += 1
        let inner = try alternatives(of: field)
        skipSpace()
        guard next == ")" else { throw error("a closing bracket is missing") }
        index += 1
        return inner
    }

    private mutating func term(of field: Field?) throws(QueryError) -> SearchExpression {
        let column = index + 1
        if let field { return .term(SearchTerm(field: field.name, isAttribute: field.isAttribute, test: try value(), column: column)) }
        if next == "\"" { return .term(SearchTerm(field: nil, isAttribute: false, test: .phrase(try phrase()), column: column)) }
        let isAttribute = next == "@"
        if isAttribute { index += 1 }
        let word = try pattern { ":<>=".contains($0) }
        guard let next, ":<>=".contains(next) else {
            if isAttribute { throw error("expected \":\" after the attribute's name") }
            return .term(SearchTerm(field: nil, isAttribute: false, test: .pattern(word), column: column))
        }
        let name = word.isAnything ? "*" : word.literal
        guard let name else { throw QueryError("a field's name cannot have wildcards", column: column) }
        if next == ":" || next == "=" { index += 1 }
        if self.next == "(" { return try group(of: Field(name: name, isAttribute: isAttribute)) }
        return .term(SearchTerm(field: name, isAttribute: isAttribute, test: try value(), column: column))
    }

    private mutating func value() throws(QueryError) -> SearchTerm.Test {
        switch next {
        case "\"": return .phrase(try phrase())
        case "[", "{": return try range()
        case "<", ">": return try comparison()
        default: return .pattern(try pattern { _ in false })
        }
    }

    private mutating func comparison() throws(QueryError) -> SearchTerm.Test {
        var sign = String(text[index])
        index += 1
        if next == "=" {
            sign += "="
            index += 1
        }
        skipSpace()
        return .comparison(SearchTerm.Operator(rawValue: sign)!, try number())
    }

    private mutating func number() throws(QueryError) -> Double {
        let start = index
        while let next, !next.isWhitespace, !"()]}".contains(next) { index += 1 }
        let digits = String(text[start..<index])
        guard let number = Double(digits), number.isFinite else {
            throw QueryError(digits.isEmpty ? "expected a number" : "\"\(digits)\" is not a number", column: start + 1)
        }
        return number
    }

    private mutating func range() throws(QueryError) -> SearchTerm.Test {
        let includesFrom = next == "["
        index += 1
        let from = try bound()
        skipSpace()
        guard takeWord("TO") else { throw error("expected \"TO\" in a range, as in [400 TO 499]") }
        let to = try bound()
        skipSpace()
        guard let close = next, close == "]" || close == "}" else { throw error("a closing ] is missing") }
        index += 1
        return .range(from: from, to: to, includesFrom: includesFrom, includesTo: close == "]")
    }

    private mutating func bound() throws(QueryError) -> Double? {
        skipSpace()
        if next == "*" {
            index += 1
            return nil
        }
        return try number()
    }

    private mutating func phrase() throws(QueryError) -> String {
        let start = index
        var content = ""
        index += 1
        while let character = next {
            index += 1
            if character == "\"" { return content }
            if character == "\\", let escaped = next {
                index += 1
                content.append(escaped)
            } else {
                content.append(character)
            }
        }
        throw QueryError("this quote is not closed", column: start + 1)
    }

    private mutating func pattern(until isEnd: (Character) -> Bool) throws(QueryError) -> TextPattern {
        let start = index
        var pattern = TextPattern()
        while let character = next, !character.isWhitespace, !"()\"".contains(character), !isEnd(character) {
            index += 1
            switch character {
            case "\\":
                guard let escaped = next else { throw error("the query ends after \\") }
                index += 1
                pattern.append(.character(escaped))
            case "*": pattern.append(.any)
            case "?": pattern.append(.one)
            default: pattern.append(.character(character))
            }
        }
        if index == start { throw error(next.map { "unexpected \"\($0)\"" } ?? "the query ends where a value should be") }
        return pattern
    }
}
