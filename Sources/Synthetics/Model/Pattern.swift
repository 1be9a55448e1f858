/// A text that is no regular expression.
struct PatternError: Error, Equatable {
    var pattern: String
    var reason: String
}

/// A regular expression, matched scalar by scalar as JavaScript's are.
struct Pattern {
    private let regex: Regex<AnyRegexOutput>

    init(_ text: String) throws(PatternError) {
        do {
            regex = try Regex(text).matchingSemantics(.unicodeScalar)
        } catch {
            throw PatternError(pattern: text, reason: "\(error)")
        }
    }

    func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

    /// The first group of the first match, or the whole match when the expression has no group.
    func extract(from text: String) -> String? {
        guard let match = firstMatch(in: text) else { return nil }
        let part = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
        return part.map(String.init)
    }

    /// Only transformations inside a regex can throw, and a pattern from a file has none.
    private func firstMatch(in text: String) -> Regex<AnyRegexOutput>.Match? { try? regex.firstMatch(in: text) }
}
