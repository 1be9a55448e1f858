import Telemetry

/// Reads what stands in braces behind a metric.
///
/// ```
/// scope    := "*" | symbolic | boolean
/// symbolic := ["!"]tag ("," ["!"]tag)*
/// boolean  := tag | NOT b | b AND b | b OR b | ( b ) | key [NOT] IN (v, v)
/// tag      := key:value | key:value* | key:*value | bare
/// ```
struct TagScopeParser {
    /// Datadog does not let the two ways of writing meet.
    private var usesSymbols = false
    private var usesWords = false
    private var depth = 0
    private let start: Int

    static func parse(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        var parser = TagScopeParser(start: scanner.index)
        return try parser.list(&scanner)
    }

    private init(start: Int) { self.start = start }

    private mutating func list(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        var parts = [try alternatives(&scanner)]
        while scanner.take(",") {
            usesSymbols = true
            parts.append(try alternatives(&scanner))
        }
        if usesSymbols && usesWords { throw .meaning("'AND' and 'OR' cannot be mixed with ','", scanner.text, at: start) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func alternatives(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        var parts = [try conjunction(&scanner)]
        while scanner.takeKeyword("or") {
            usesWords = true
            parts.append(try conjunction(&scanner))
        }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        var parts = [try unary(&scanner)]
        while scanner.takeKeyword("and") {
            usesWords = true
            parts.append(try unary(&scanner))
        }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func unary(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        depth += 1
        defer { depth -= 1 }
        if depth > 50 { throw scanner.error("scope_expr", "The scope is nested too deeply") }
        if scanner.take("!") {
            usesSymbols = true
            return .not(try unary(&scanner))
        }
        if scanner.takeKeyword("not") {
            usesWords = true
            return .not(try unary(&scanner))
        }
        if scanner.take("(") {
            usesWords = true
            let inner = try alternatives(&scanner)
            guard scanner.take(")") else { throw scanner.error("scope_expr", "Expected a closing bracket") }
            return inner
        }
        return try tag(&scanner)
    }

    private mutating func tag(_ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        let key = scanner.tagKey()
        guard !key.isEmpty else { throw scanner.error("scope_expr", "Expected a tag such as service:ads, or *") }
        if scanner.next == ":" {
            scanner.index += 1
            let value = Self.value(&scanner)
            guard !value.isEmpty else { throw scanner.error("scope_expr", "Expected the value of the tag \(key)") }
            return .tag(key: key, value: Self.pattern(value))
        }
        if key == "*" { return .all }
        let isNegated = scanner.takeKeyword("not")
        guard scanner.takeKeyword("in") else {
            guard !isNegated else { throw scanner.error("scope_expr", "Expected IN (value, value) after NOT") }
            return .bare(key)
        }
        usesWords = true
        let values = try list(of: key, &scanner)
        return isNegated ? .not(values) : values
    }

    private mutating func list(of key: String, _ scanner: inout SeriesScanner) throws(SeriesQueryError) -> TagScope {
        guard scanner.take("(") else { throw scanner.error("scope_expr", "Expected values in brackets, for example service IN (ads, discounts)") }
        var values: [TagScope] = []
        repeat {
            let value = Self.value(&scanner)
            guard !value.isEmpty else { throw scanner.error("scope_expr", "Expected a value of \(key)") }
            values.append(.tag(key: key, value: Self.pattern(value)))
        } while scanner.take(",")
        guard scanner.take(")") else { throw scanner.error("scope_expr", "Expected a comma or a closing bracket") }
        return .or(values)
    }

    private static func value(_ scanner: inout SeriesScanner) -> String {
        scanner.skipSpace()
        return scanner.take { !$0.isWhitespace && !"{}(),!".contains($0) }
    }

    /// Values are compared in the form in which the back end keeps them; `*` stands for anything.
    private static func pattern(_ text: String) -> TextPattern {
        var pattern = TextPattern()
        let pieces = text.split(separator: "*", omittingEmptySubsequences: false)
        for (position, piece) in pieces.enumerated() {
            if position > 0 { pattern.append(.any) }
            let isLast = position == pieces.count - 1
            for character in DatadogTag.normalized(piece, isWhole: isLast && !piece.isEmpty) { pattern.append(.character(character)) }
        }
        return pattern
    }
}
