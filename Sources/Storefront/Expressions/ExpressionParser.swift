import Base

/// A mistake in an expression's text, with its offset in bytes.
struct SyntaxError: Error {
    var message: String
    var offset: Int
}

/// Precedence climbing over: `|` filter, `or`, `and`, `not`, comparison, `+ -`, `* / %`, unary minus, primaries.
struct ExpressionParser {
    private let text: [UInt8]
    private var index: Int
    private let end: Int
    private let scope: Scope
    private var depth = 0

    /// Both keep parsing and evaluating, which recurse, within the stack; real expressions stay far below.
    private static let depthLimit = 64
    private static let lengthLimit = 4_096

    init(_ text: [UInt8], from start: Int = 0, to end: Int? = nil, scope: Scope) {
        self.text = text
        index = start
        self.end = end ?? text.count
        self.scope = scope
    }

    /// Parses all of the text.
    static func parse(_ text: String, scope: Scope) throws(SyntaxError) -> Expression {
        var parser = ExpressionParser(Array(text.utf8), scope: scope)
        return try parser.whole()
    }

    mutating func whole() throws(SyntaxError) -> Expression {
        if end - index > Self.lengthLimit { throw error("an expression has at most \(Self.lengthLimit) bytes") }
        let expression = try pipeline()
        skipSpace()
        if index < end { throw error("unexpected \"\(rest)\"") }
        return expression
    }

    private var rest: String { String(decoding: text[index..<end].prefix(20), as: UTF8.self) }

    private func error(_ message: String) -> SyntaxError { SyntaxError(message: message, offset: index) }

    private mutating func nested(_ parse: (inout ExpressionParser) throws(SyntaxError) -> Expression) throws(SyntaxError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw error("nested deeper than \(Self.depthLimit) levels") }
        return try parse(&self)
    }

    private mutating func skipSpace() {
        while index < end, text[index] == UInt8(ascii: " ") || text[index] == UInt8(ascii: "\n") { index += 1 }
    }

    private mutating func take(_ symbol: StaticString) -> Bool {
        skipSpace()
        let length = symbol.utf8CodeUnitCount
        guard index + length <= end, symbol.withUTF8Buffer({ text[index..<(index + length)].elementsEqual($0) }) else { return false }
        index += length
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let start = index
        guard take(word) else { return false }
        if index < end, Self.isNameByte(text[index]) { index = start; return false }
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private mutating func pipeline() throws(SyntaxError) -> Expression {
        var input = try or()
        while take("|") {
            skipSpace()
            let start = index
            guard let name = simpleName() else { throw error("expected the name of a filter after \"|\"") }
            guard let filter = Filter.named(name) else {
                throw SyntaxError(message: "no filter named \"\(name)\"" + suggestion(for: name, among: Filter.names), offset: start)
            }
            var arguments: [Expression] = []
            if take(":") {
                repeat { arguments.append(try or()) } while take(",")
            }
            guard filter.argumentCount.contains(arguments.count) else {
                throw SyntaxError(message: "filter \"\(name)\" takes \(filter.signature)", offset: start)
            }
            input = .filtered(input, filter, arguments)
        }
        return input
    }

    private mutating func or() throws(SyntaxError) -> Expression {
        var left = try and()
        while takeWord("or") { left = .binary(.or, left, try and()) }
        return left
    }

    private mutating func and() throws(SyntaxError) -> Expression {
        var left = try negation()
        while takeWord("and") { left = .binary(.and, left, try negation()) }
        return left
    }

    private mutating func negation() throws(SyntaxError) -> Expression {
        if takeWord("not") { return .unary(.not, try nested { (parser) throws(SyntaxError) in try parser.negation() }) }
        return try comparison()
    }

    private mutating func comparison() throws(SyntaxError) -> Expression {
        let left = try sum()
        let symbol: Expression.BinaryOperator
        if take("==") { symbol = .equal }
        else if take("!=") { symbol = .notEqual }
        else if take("<=") { symbol = .lessOrEqual }
        else if take(">=") { symbol = .greaterOrEqual }
        else if take("<") { symbol = .less }
        else if take(">") { symbol = .greater }
        else if takeWord("in") { symbol = .isIn }
        else if takeWord("contains") { symbol = .contains }
        else { return left }
        return .binary(symbol, left, try sum())
    }

    private mutating func sum() throws(SyntaxError) -> Expression {
        var left = try product()
        while true {
            if take("+") { left = .binary(.plus, left, try product()) }
            else if take("-") { left = .binary(.minus, left, try product()) }
            else { return left }
        }
    }

    private mutating func product() throws(SyntaxError) -> Expression {
        var left = try primary()
        while true {
            if take("*") { left = .binary(.times, left, try primary()) }
            else if take("/") { left = .binary(.dividedBy, left, try primary()) }
            else if take("%") { left = .binary(.remainder, left, try primary()) }
            else { return left }
        }
    }

    private mutating func primary() throws(SyntaxError) -> Expression {
        skipSpace()
        guard index < end else { throw error("the expression ends where a value should be") }
        if take("(") {
            let inner = try nested { (parser) throws(SyntaxError) in try parser.pipeline() }
            guard take(")") else { throw error("expected \")\"") }
            return inner
        }
        if take("-") { return .unary(.minus, try nested { (parser) throws(SyntaxError) in try parser.primary() }) }
        switch text[index] {
        case UInt8(ascii: "{"): throw error("an expression stands without braces; they are for expressions within texts")
        case UInt8(ascii: "'"): return .literal(.string(try quoted()))
        case 48...57: return try number()
        default: return try path()
        }
    }

    private mutating func quoted() throws(SyntaxError) -> String {
        let start = index
        index += 1
        guard let close = text[index..<end].firstIndex(of: UInt8(ascii: "'")) else {
            throw SyntaxError(message: "this text has no closing '", offset: start)
        }
        defer { index = close + 1 }
        return String(decoding: text[index..<close], as: UTF8.self)
    }

    private mutating func number() throws(SyntaxError) -> Expression {
        let start = index
        while index < end, (48...57).contains(text[index]) || text[index] == UInt8(ascii: ".") { index += 1 }
        let digits = String(decoding: text[start..<index], as: UTF8.self)
        if let whole = Int(digits) { return .literal(.int(whole)) }
        guard let number = Double(digits) else { throw SyntaxError(message: "\"\(digits)\" is not a number", offset: start) }
        return .literal(.double(number))
    }

    private mutating func simpleName() -> String? {
        let start = index
        while index < end, Self.isNameByte(text[index]) { index += 1 }
        return index == start ? nil : String(decoding: text[start..<index], as: UTF8.self)
    }

    private mutating func path() throws(SyntaxError) -> Expression {
        let start = index
        guard let root = simpleName() else { throw error("unexpected \"\(rest)\"") }
        switch root {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        default: break
        }
        var keys: [PathKey] = []
        while index < end, text[index] == UInt8(ascii: ".") {
            index += 1
            guard let key = key() else { throw error("expected a name after \".\"") }
            keys.append(PathKey(key))
        }
        let isOptional = index < end && text[index] == UInt8(ascii: "?")
        if isOptional { index += 1 }
        if let slot = scope.slot(of: root) {
            scope.noteUse(ofSlot: slot, field: keys.first?.name)
            return .variable(slot: slot, name: root, path: keys, isOptional: isOptional)
        }
        if let ambient = AmbientRoot(rawValue: root) { return .ambient(ambient, path: keys, isOptional: isOptional) }
        let known = scope.names + AmbientRoot.allCases.map(\.rawValue)
        throw SyntaxError(message: "nothing here is named \"\(root)\"" + suggestion(for: root, among: known), offset: start)
    }

    /// A field name may hold dashes (header and service names): `services.discounts-service.url`. A dash with spaces around is minus.
    private mutating func key() -> String? {
        let start = index
        while index < end {
            if Self.isNameByte(text[index]) { index += 1; continue }
            let isInnerDash = text[index] == UInt8(ascii: "-") && index + 1 < end && Self.isNameByte(text[index + 1])
            guard isInnerDash else { break }
            index += 1
        }
        return index == start ? nil : String(decoding: text[start..<index], as: UTF8.self)
    }
}
