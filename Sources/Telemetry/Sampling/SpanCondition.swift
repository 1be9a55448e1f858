import Base

/// A condition on a span in OpenTelemetry's transformation language: as much of it as conditions of tail sampling use.
///
/// `attributes["total"] > 1 and not (name == "GET /products/" or status.code == STATUS_CODE_ERROR)`. Places are `attributes["..."]`,
/// `resource.attributes["..."]`, `name`, `kind`, `status.code` and `parent_span_id`; values are texts, numbers, `true`, `false`, `nil` and the names of kinds and
/// statuses.
struct SpanCondition: Sendable {
    struct SyntaxError: Error, CustomStringConvertible {
        let description: String
    }

    private enum Operand: Sendable { case attribute(String), resource(String), name, kind, status, parent, constant(Value) }

    private indirect enum Node: Sendable {
        case comparison(Operand, String, Operand)
        case not(Node), and(Node, Node), or(Node, Node)
    }

    private let root: Node

    init(_ text: String) throws(SyntaxError) {
        var parser = Parser(text)
        root = try parser.whole()
    }

    func holds(for span: Span) -> Bool { Self.holds(root, span) }

    private static func holds(_ node: Node, _ span: Span) -> Bool {
        switch node {
        case .not(let inner): !holds(inner, span)
        case .and(let left, let right): holds(left, span) && holds(right, span)
        case .or(let left, let right): holds(left, span) || holds(right, span)
        case .comparison(let left, let sign, let right): compare(value(left, span), sign, value(right, span))
        }
    }

    private static func value(_ operand: Operand, _ span: Span) -> Value {
        switch operand {
        case .constant(let value): value
        case .attribute(let key): span.exportedAttributes[key] ?? .null
        case .resource(let key): span.template.service.exportedAttributes[key] ?? .null
        case .name: .string(span.displayName)
        case .kind: .string("SPAN_KIND_\(span.template.kind.rawValue.uppercased())")
        case .status: .string(span.isError ? "STATUS_CODE_ERROR" : "STATUS_CODE_UNSET")
        case .parent: span.parent == 0 ? .null : .string(span.parent.hex)
        }
    }

    /// Values of different sorts are not equal and have no order; a missing one least of all.
    private static func compare(_ left: Value, _ sign: String, _ right: Value) -> Bool {
        switch sign {
        case "==": return isEqual(left, right)
        case "!=": return !isEqual(left, right)
        default: break
        }
        if case .string(let first) = left, case .string(let second) = right { return ordered(first, sign, second) }
        guard let first = numeric(left), let second = numeric(right) else { return false }
        return ordered(first, sign, second)
    }

    private static func isEqual(_ left: Value, _ right: Value) -> Bool {
        if let first = numeric(left), let second = numeric(right) { return first == second }
        return left == right
    }

    private static func numeric(_ value: Value) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private static func ordered<T: Comparable>(_ left: T, _ sign: String, _ right: T) -> Bool {
        switch sign {
        case "<": left < right
        case "<=": left <= right
        case ">": left > right
        default: left >= right
        }
    }

    /// `or` binds least, then `and`, then `not`.
    private struct Parser {
        private var tokens: [String] = []
        private let text: String

        init(_ text: String) {
            self.text = text
            var rest = Substring(text)
            while let first = rest.first {
                if first.isWhitespace { rest.removeFirst(); continue }
                var length = 1
                if first == "\"" {
                    // A text ends at the next quotation mark that is not escaped.
                    var isEscaped = false
                    for character in rest.dropFirst() {
                        length += 1
                        if isEscaped { isEscaped = false } else if character == "\\" { isEscaped = true } else if character == "\"" { break }
                    }
                } else if Self.isWord(first) {
                    length = rest.prefix(while: Self.isWord).count
                } else if ["==", "!=", "<=", ">="].contains(rest.prefix(2)) {
                    length = 2
                }
                tokens.append(String(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            tokens.reverse()
        }

        private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || "_.-".contains(character) }

        mutating func whole() throws(SyntaxError) -> Node {
            let node = try disjunction()
            if let token = tokens.last { throw unexpected(token) }
            return node
        }

        private mutating func disjunction() throws(SyntaxError) -> Node {
            var node = try conjunction()
            while take("or") { node = .or(node, try conjunction()) }
            return node
        }

        private mutating func conjunction() throws(SyntaxError) -> Node {
            var node = try negation()
            while take("and") { node = .and(node, try negation()) }
            return node
        }

        private mutating func negation() throws(SyntaxError) -> Node {
            if take("not") { return .not(try negation()) }
            if take("(") {
                let node = try disjunction()
                try expect(")")
                return node
            }
            let left = try operand()
            guard let sign = tokens.popLast(), ["==", "!=", "<", "<=", ">", ">="].contains(sign) else { throw unexpected("what follows") }
            return .comparison(left, sign, try operand())
        }

        private mutating func operand() throws(SyntaxError) -> Operand {
            guard let token = tokens.popLast() else { throw unexpected("the end") }
            switch token {
            case "attributes", "span.attributes": return .attribute(try key())
            case "resource.attributes": return .resource(try key())
            case "name", "span.name": return .name
            case "kind", "span.kind": return .kind
            case "status.code", "span.status.code": return .status
            case "parent_span_id", "span.parent_span_id": return .parent
            case "true", "false": return .constant(.bool(token == "true"))
            case "nil": return .constant(.null)
            default: break
            }
            if token.hasPrefix("\"") || Double(token) != nil, let value = try? Value.parse(json: token.utf8) { return .constant(value) }
            if token.hasPrefix("SPAN_KIND_") || token.hasPrefix("STATUS_CODE_") { return .constant(.string(token)) }
            throw unexpected(token)
        }

        private mutating func key() throws(SyntaxError) -> String {
            try expect("[")
            guard let token = tokens.popLast(), case .string(let key)? = try? Value.parse(json: token.utf8) else { throw unexpected("what stands in brackets") }
            try expect("]")
            return key
        }

        private mutating func take(_ token: String) -> Bool {
            guard tokens.last == token else { return false }
            tokens.removeLast()
            return true
        }

        private mutating func expect(_ token: String) throws(SyntaxError) {
            if !take(token) { throw unexpected(tokens.last ?? "the end") }
        }

        private func unexpected(_ token: String) -> SyntaxError {
            SyntaxError(description: "the condition \(text) is not understood at \(token); for example: attributes[\"total\"] > 1 and name == \"GET /\"")
        }
    }
}
