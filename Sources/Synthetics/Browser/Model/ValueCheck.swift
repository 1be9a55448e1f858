import Base

/// A condition on a text that a page shows: Datadog's `check` with its `value`.
public struct ValueCheck: Sendable, Equatable {
    public enum Relation: String, Sendable, CaseIterable {
        case equals, notEquals
        case contains, notContains
        case startsWith, notStartsWith
        case greater, lower, greaterEquals, lowerEquals
        case matchRegex
        case between
        case isEmpty, notIsEmpty

        var needsValue: Bool { self != .isEmpty && self != .notIsEmpty }
        var takesNumber: Bool { [.greater, .lower, .greaterEquals, .lowerEquals].contains(self) }

        /// Those that make sense for a count.
        static let forCounts: [Relation] = [.equals, .notEquals, .greater, .lower, .greaterEquals, .lowerEquals, .between]
    }

    public var relation: Relation
    /// May hold `{{ NAME }}` places; for `between` the two bounds, both included, with a comma between them.
    public var value: String

    public init(_ relation: Relation, _ value: String = "") {
        self.relation = relation
        self.value = value
    }

    /// Whether a text satisfies the condition; what is not a number is neither greater nor lower than anything.
    ///
    /// - Throws: `CheckPatternError` when the value is no regular expression.
    func holds(_ actual: String) throws(CheckPatternError) -> Bool {
        switch relation {
        case .equals: return actual == value
        case .notEquals: return actual != value
        case .contains: return actual.contains(value)
        case .notContains: return !actual.contains(value)
        case .startsWith: return actual.hasPrefix(value)
        case .notStartsWith: return !actual.hasPrefix(value)
        case .matchRegex: return try CheckPattern(value).matches(actual)
        case .isEmpty: return actual.isEmpty
        case .notIsEmpty: return !actual.isEmpty
        case .between: return isBetween(actual)
        case .greater, .lower, .greaterEquals, .lowerEquals:
            guard let left = Double(actual), let right = Double(value) else { return false }
            return ordered(left, right)
        }
    }

    private func ordered(_ left: Double, _ right: Double) -> Bool {
        switch relation {
        case .greater: left > right
        case .lower: left < right
        case .greaterEquals: left >= right
        default: left <= right
        }
    }

    /// Nil unless the value is two numbers.
    static func bounds(_ value: String) -> ClosedRange<Double>? {
        let numbers = value.split(separator: ",").compactMap { Double($0.filter { !$0.isWhitespace }) }
        guard numbers.count == 2, numbers[0] <= numbers[1] else { return nil }
        return numbers[0]...numbers[1]
    }

    private func isBetween(_ actual: String) -> Bool {
        guard let number = Double(actual), let bounds = Self.bounds(value) else { return false }
        return bounds.contains(number)
    }

    /// As reports put it: `should contain "Tote"`.
    var wording: String {
        let quoted = "\"\(value)\""
        return switch relation {
        case .equals: "should be \(quoted)"
        case .notEquals: "should not be \(quoted)"
        case .contains: "should contain \(quoted)"
        case .notContains: "should not contain \(quoted)"
        case .startsWith: "should start with \(quoted)"
        case .notStartsWith: "should not start with \(quoted)"
        case .greater: "should be greater than \(value)"
        case .lower: "should be lower than \(value)"
        case .greaterEquals: "should be greater than or equal to \(value)"
        case .lowerEquals: "should be lower than or equal to \(value)"
        case .matchRegex: "should match \(quoted)"
        case .between: "should be between \(value.replacing(",", with: " and "))"
        case .isEmpty: "should be empty"
        case .notIsEmpty: "should not be empty"
        }
    }
}
