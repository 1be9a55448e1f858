import Base

/// Reads queries over metrics.
///
/// ```
/// query    := expr ("," expr)*
/// expr     := term (("+"|"-") term)*
/// term     := factor (("*"|"/") factor)*
/// factor   := NUMBER | "(" expr ")" | NAME "(" expr ("," argument)* ")" | source
/// source   := [aggregation ":"] NAME ["{" scope "}"] ["by {" key ("," key)* "}"] ("." modifier)*
/// modifier := as_count() | as_rate() | rollup(method[,secs]) | fill(linear|last|zero|null[,limit])
/// ```
struct SeriesQueryParser {
    private var scanner: SeriesScanner
    private var depth = 0

    static func parse(_ text: String) throws(SeriesQueryError) -> SeriesQuery {
        var parser = SeriesQueryParser(scanner: SeriesScanner(text))
        return try parser.query()
    }

    private mutating func query() throws(SeriesQueryError) -> SeriesQuery {
        var query = SeriesQuery(text: String(scanner.text), parts: [])
        repeat {
            scanner.skipSpace()
            let start = scanner.index
            let expression = try expression()
            guard !expression.sources.isEmpty else {
                throw .meaning("a query needs a metric, for example sum:trace.flask.request.hits{*}.as_count()", scanner.text, at: start)
            }
            query.parts.append(SeriesQuery.Part(text: scanner.trimmed(from: start), expression: expression))
        } while scanner.take(",")
        guard scanner.isAtEnd else { throw scanner.error("query", "Expected an operator (+ - * /), a comma or the end of the query") }
        return query
    }

    // MARK: Arithmetic

    private mutating func expression() throws(SeriesQueryError) -> SeriesExpression {
        var left = try term()
        while let sign = scanner.takeOperator([.add, .subtract]) { left = .binary(sign, left, try term()) }
        return left
    }

    private mutating func term() throws(SeriesQueryError) -> SeriesExpression {
        var left = try factor()
        while let sign = scanner.takeOperator([.multiply, .divide]) { left = .binary(sign, left, try factor()) }
        return left
    }

    private mutating func factor() throws(SeriesQueryError) -> SeriesExpression {
        scanner.skipSpace()
        // A query comes from the network; a thousand brackets must not end on the stack.
        depth += 1
        defer { depth -= 1 }
        if depth > 50 { throw scanner.error("expr", "The query is nested too deeply") }
        if scanner.take("(") {
            let inner = try expression()
            guard scanner.take(")") else { throw scanner.error("expr", "Expected a closing bracket") }
            return .group(inner)
        }
        if let number = try scanner.number() { return .number(number) }
        let start = scanner.index
        let name = scanner.name()
        guard !name.isEmpty else { throw scanner.error("expr", "Expected a metric, a number, a function or an opening bracket") }
        if scanner.next == "(", !name.contains(".") { return try function(name, at: start) }
        return .source(try source(name, at: start))
    }

    // MARK: Functions

    private mutating func function(_ name: String, at start: Int) throws(SeriesQueryError) -> SeriesExpression {
        scanner.index += 1
        let inner = try expression()
        var arguments: [SeriesExpression.Argument] = []
        while scanner.take(",") { arguments.append(try argument()) }
        guard scanner.take(")") else { throw scanner.error("function", "Expected a comma or a closing bracket") }
        do {
            return .function(try SeriesFunction(name, arguments), inner)
        } catch {
            switch error {
            case .unknown:
                throw .meaning("unknown function \"\(name)\"\(suggestion(for: name, among: SeriesFunction.names))", scanner.text, at: start)
            case .wrongArguments(let usage): throw .meaning("\(name) is written \(usage)", scanner.text, at: start)
            }
        }
    }

    private mutating func argument() throws(SeriesQueryError) -> SeriesExpression.Argument {
        scanner.skipSpace()
        if let quote = scanner.next, quote == "'" || quote == "\"" {
            scanner.index += 1
            let text = scanner.take { $0 != quote }
            guard scanner.take(quote) else { throw scanner.error("argument", "This quote is not closed") }
            return .text(text)
        }
        if let number = try scanner.number() { return .number(number) }
        let word = scanner.name()
        guard !word.isEmpty else { throw scanner.error("argument", "Expected a number or a text in quotes") }
        return .text(word)
    }

    // MARK: Metrics

    private mutating func source(_ first: String, at start: Int) throws(SeriesQueryError) -> SeriesSource {
        var source = SeriesSource(aggregation: nil, metric: first, offset: start)
        if scanner.take(":") {
            guard let aggregation = SeriesSource.Aggregation(rawValue: first) else {
                let known = SeriesSource.Aggregation.allCases.map(\.rawValue)
                throw .meaning("unknown aggregation \"\(first)\"\(suggestion(for: first, among: known))", scanner.text, at: start)
            }
            source.aggregation = aggregation
            source.metric = scanner.name()
        }
        giveBackModifier(&source.metric)
        guard !source.metric.isEmpty else { throw scanner.error("metric_name", "Expected the name of a metric") }
        try braces(&source)
        while scanner.take(".") { try modifier(&source) }
        return source
    }

    /// Without braces between them, a modifier looks like the end of the name.
    private mutating func giveBackModifier(_ name: inout String) {
        guard scanner.next == "(", let dot = name.lastIndex(of: ".") else { return }
        scanner.index -= name[dot...].count
        name = String(name[..<dot])
    }

    private mutating func braces(_ source: inout SeriesSource) throws(SeriesQueryError) {
        if scanner.take("{") {
            let start = scanner.index
            source.scope = try TagScopeParser.parse(&scanner)
            source.scopeText = scanner.trimmed(from: start)
            guard scanner.take("}") else { throw scanner.error("scope_expr", "Expected a comma, AND, OR or a closing brace") }
        }
        guard scanner.takeKeyword("by") else { return }
        guard scanner.take("{") else { throw scanner.error("group_by", "Expected the names of tags in braces, for example by {service}") }
        repeat {
            let key = scanner.tagKey()
            guard !key.isEmpty else { throw scanner.error("group_by", "Expected the name of a tag") }
            source.groupKeys.append(key)
        } while scanner.take(",")
        guard scanner.take("}") else { throw scanner.error("group_by", "Expected a comma or a closing brace") }
    }

    private mutating func modifier(_ source: inout SeriesSource) throws(SeriesQueryError) {
        let start = scanner.index
        let name = scanner.name()
        guard scanner.take("(") else { throw scanner.error("modifier", "Expected as_count(), as_rate(), rollup(...) or fill(...)") }
        var arguments: [SeriesExpression.Argument] = []
        if !scanner.take(")") {
            repeat { arguments.append(try argument()) } while scanner.take(",")
            guard scanner.take(")") else { throw scanner.error("modifier", "Expected a comma or a closing bracket") }
        }
        guard source.apply(name, arguments) else {
            let usage = SeriesSource.modifiers.first { $0.name == name }?.usage
            let known = SeriesSource.modifiers.map(\.name)
            throw .meaning(
                usage.map { "\(name) is written \($0)" } ?? "unknown modifier \"\(name)\"\(suggestion(for: name, among: known))", scanner.text, at: start)
        }
    }
}

extension SeriesSource {
    static let modifiers = [
        (name: "as_count", usage: "as_count()"), (name: "as_rate", usage: "as_rate()"),
        (name: "rollup", usage: "rollup(avg|sum|min|max|count) or rollup(method, seconds)"),
        (name: "fill", usage: "fill(linear|last|zero|null) or fill(method, seconds), 600 seconds at most"),
    ]
    private static let longestFill = 600.0
    private static let standardFill = 300.0

    /// False when the modifier is unknown or its arguments are wrong.
    fileprivate mutating func apply(_ name: String, _ arguments: [SeriesExpression.Argument]) -> Bool {
        switch (name, arguments.count) {
        case ("as_count", 0): form = .count
        case ("as_rate", 0): form = .rate
        case ("rollup", 1...2):
            guard case .text(let word) = arguments[0], let method = Method(rawValue: word) else { return false }
            guard arguments.count == 2 else { rollup = Rollup(method: method, seconds: nil); return true }
            guard case .number(let seconds) = arguments[1], let whole = Int64(exactly: seconds), whole > 0, whole <= 366 * 86_400 else { return false }
            rollup = Rollup(method: method, seconds: whole)
        case ("fill", 1...2):
            guard case .text(let word) = arguments[0] else { return false }
            var limit = Self.standardFill
            if arguments.count == 2 {
                guard case .number(let seconds) = arguments[1], (0...Self.longestFill).contains(seconds) else { return false }
                limit = seconds
            }
            switch word {
            case "linear": fill = .linear(limit: Int64(limit))
            case "last": fill = .last(limit: Int64(limit))
            case "zero": fill = .zero
            case "null": fill = .null
            default: return false
            }
        default: return false
        }
        return true
    }
}
