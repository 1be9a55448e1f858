/// A text that is no regular expression.
public struct PatternError: Error, Equatable, Sendable {
    public var pattern: String
    public var reason: String

    public init(pattern: String, reason: String) {
        self.pattern = pattern
        self.reason = reason
    }
}

/// A regular expression, matched scalar by scalar as JavaScript's are.
public struct Pattern {
    private let regex: Regex<AnyRegexOutput>

    public init(_ text: String) throws(PatternError) {
        do {
            regex = try Regex(text).matchingSemantics(.unicodeScalar)
        } catch {
            throw PatternError(pattern: text, reason: "\(error)")
        }
    }

    public func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

    /// The first group of the first match, or the whole match when the expression has no group.
    public func extract(from text: String) -> String? { firstMatch(in: text).flatMap(Self.part) }

    /// What `extract` gives, of every match in order.
    public func extractAll(from text: String) -> [String] { text.matches(of: regex).compactMap(Self.part) }

    private static func part(_ match: Regex<AnyRegexOutput>.Match) -> String? {
        let part = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
        return part.map(String.init)
    }

    /// Only transformations inside a regex can throw, and a pattern from a file has none.
    private func firstMatch(in text: String) -> Regex<AnyRegexOutput>.Match? { try? regex.firstMatch(in: text) }
}
