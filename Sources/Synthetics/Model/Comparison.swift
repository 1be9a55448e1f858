import Base

/// The operators that compare one actual value with a target.
public enum Comparison: String, Sendable, CaseIterable {
    case contains, doesNotContain
    case `is`, isNot
    case lessThan, lessThanOrEqual, moreThan, moreThanOrEqual
    case matches, doesNotMatch
    /// No value at all: a JSON path that finds nothing, a header that was not sent.
    case isUndefined, doesNotExist

    static let ordering: [Comparison] = [.lessThan, .lessThanOrEqual, .moreThan, .moreThanOrEqual]
    static let forNumbers: [Comparison] = [.is, .isNot] + ordering
    static let forTexts: [Comparison] = [.contains, .doesNotContain, .is, .isNot, .matches, .doesNotMatch]

    var needsTarget: Bool { self != .isUndefined && self != .doesNotExist }
    var takesPattern: Bool { self == .matches || self == .doesNotMatch }
    var takesNumber: Bool { Self.ordering.contains(self) }

    /// As reports put it: "should be less than".
    var wording: String {
        switch self {
        case .contains: "should contain"
        case .doesNotContain: "should not contain"
        case .is: "should be"
        case .isNot: "should not be"
        case .lessThan: "should be less than"
        case .lessThanOrEqual: "should be less than or equal to"
        case .moreThan: "should be more than"
        case .moreThanOrEqual: "should be more than or equal to"
        case .matches: "should match"
        case .doesNotMatch: "should not match"
        case .isUndefined: "should be undefined"
        case .doesNotExist: "should not exist"
        }
    }

    /// Whether the actual value stands in this relation to the target; nil means that there is no actual value.
    ///
    /// A missing value satisfies the two "no value" operators and the negative ones (what is not there contains nothing), no other.
    /// Numbers compare as numbers, so that `5` is `5.0`; everything else compares as text.
    ///
    /// - Throws: `CheckPatternError` when the target is no regular expression.
    func holds(_ actual: Value?, _ target: Value) throws(CheckPatternError) -> Bool {
        guard let actual else { return [.isUndefined, .doesNotExist, .doesNotContain, .isNot, .doesNotMatch].contains(self) }
        switch self {
        case .contains: return actual.plainText.containsBytes(of: target.plainText)
        case .doesNotContain: return !actual.plainText.containsBytes(of: target.plainText)
        case .is: return Self.areEqual(actual, target)
        case .isNot: return !Self.areEqual(actual, target)
        case .matches: return try CheckPattern(target.plainText).matches(actual.plainText)
        case .doesNotMatch: return try !CheckPattern(target.plainText).matches(actual.plainText)
        case .isUndefined, .doesNotExist: return false
        case .lessThan, .lessThanOrEqual, .moreThan, .moreThanOrEqual:
            guard let left = actual.number, let right = target.number else { return false }
            return ordered(left, right)
        }
    }

    private func ordered(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .lessThan: left < right
        case .lessThanOrEqual: left <= right
        case .moreThan: left > right
        default: left >= right
        }
    }

    private static func areEqual(_ actual: Value, _ target: Value) -> Bool {
        switch actual {
        case .int, .double:
            guard let left = actual.number, let right = target.number else { return false }
            return left == right
        default: return actual.plainText == target.plainText
        }
    }
}

extension Value {
    /// Text as checks compare and show it: strings as they are, everything else as JSON.
    var plainText: String {
        if case .string(let text) = self { return text }
        return json()
    }
}
