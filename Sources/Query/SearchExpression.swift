import Base

/// A search as Datadog's log explorer writes it: terms joined by AND (or nothing), OR, NOT (or `-`) and brackets.
public indirect enum SearchExpression: Sendable, Equatable {
    case all
    case term(SearchTerm)
    case not(SearchExpression)
    case and([SearchExpression])
    case or([SearchExpression])

    /// True when the expression holds for something, given which terms do.
    public func holds(_ term: (SearchTerm) -> Bool) -> Bool {
        switch self {
        case .all: true
        case .term(let leaf): term(leaf)
        case .not(let inner): !inner.holds(term)
        case .and(let parts): parts.allSatisfy { $0.holds(term) }
        case .or(let parts): parts.contains { $0.holds(term) }
        }
    }

    public var terms: [SearchTerm] {
        switch self {
        case .all: []
        case .term(let leaf): [leaf]
        case .not(let inner): inner.terms
        case .and(let parts), .or(let parts): parts.flatMap(\.terms)
        }
    }
}

/// One condition of a search.
public struct SearchTerm: Sendable, Equatable {
    public enum Operator: String, Sendable { case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=" }

    public enum Test: Sendable, Equatable {
        case pattern(TextPattern)
        /// In quotes: taken literally.
        case phrase(String)
        case comparison(Operator, Double)
        /// Bounds that are nil are open.
        case range(from: Double?, to: Double?, includesFrom: Bool, includesTo: Bool)
    }

    /// Nil for text that stands alone; `*` for everything.
    public var field: String?
    /// Written with `@`.
    public var isAttribute: Bool
    public var test: Test
    /// From 1.
    public var column: Int
}

extension SearchTerm {
    /// Whether a field's value fits; a missing value fits nothing, a list does when one of its elements does.
    func matches(_ value: Value?, ignoringCase: Bool = false) -> Bool {
        guard let value, !value.isNull else { return false }
        if let elements = value.elements { return elements.contains { matches($0, ignoringCase: ignoringCase) } }
        switch test {
        case .pattern(let pattern): return pattern.isAnything || pattern.matches(value.text, ignoringCase: ignoringCase)
        case .phrase(let text): return ignoringCase ? text.lowercased() == value.text.lowercased() : text == value.text
        case .comparison, .range: return value.number.map(matches) ?? false
        }
    }

    func matches(_ number: Double) -> Bool {
        switch test {
        case .pattern(let pattern): pattern.isAnything || pattern.literal.flatMap(Double.init) == number
        case .phrase(let text): Double(text) == number
        case .comparison(.less, let limit): number < limit
        case .comparison(.lessOrEqual, let limit): number <= limit
        case .comparison(.greater, let limit): number > limit
        case .comparison(.greaterOrEqual, let limit): number >= limit
        case .range(let from, let to, let includesFrom, let includesTo):
            (from.map { includesFrom ? number >= $0 : number > $0 } ?? true) && (to.map { includesTo ? number <= $0 : number < $0 } ?? true)
        }
    }

    /// Whether a text contains the words of this term, in their order and next to each other; case means nothing.
    func occurs(in text: String) -> Bool {
        switch test {
        case .phrase(let phrase): return Words(text).contains(Words(phrase))
        case .pattern(let pattern):
            if pattern.isAnything { return true }
            if let literal = pattern.literal { return Words(text).contains(Words(literal)) }
            return text.lowercased().split(whereSeparator: \.isWhitespace).contains { pattern.matches(String($0), ignoringCase: true) }
                || Words(text).list.contains { pattern.matches(String($0), ignoringCase: true) }
        case .comparison, .range: return false
        }
    }
}

/// A text as full-text search sees it: lower-case runs of letters, digits and underscores.
private struct Words {
    let list: [Substring]

    init(_ text: String) {
        list = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }

    func contains(_ other: Words) -> Bool {
        guard let first = other.list.first, other.list.count <= list.count else { return other.list.isEmpty }
        for start in 0...(list.count - other.list.count) where list[start] == first {
            if list[start..<(start + other.list.count)].elementsEqual(other.list) { return true }
        }
        return false
    }
}
