import Base

/// A search for checks, as the search bar of Datadog's test list takes it: words and `tag:x` that must all hold, `OR` between groups, `-`
/// before what must not hold, quotes around what has spaces.
public struct SearchQuery: Sendable {
    /// As written.
    public let text: String
    /// One of them is enough; all terms of it must hold.
    private let groups: [[Term]]

    private struct Term: Sendable {
        enum Key: String, Sendable, CaseIterable { case tag, name, type, subtype, id, status }
        var key: Key?
        var text: String
        var isNegated: Bool
    }

    public init(_ text: String) {
        self.text = text
        var groups: [[Term]] = [[]]
        for word in Self.words(text) {
            switch word {
            case "OR": groups.append([])
            case "AND": continue
            default: groups[groups.count - 1].append(Self.term(word))
            }
        }
        self.groups = groups.filter { !$0.isEmpty }
    }

    /// An empty search fits everything.
    public func matches(_ entry: CheckEntry) -> Bool {
        groups.isEmpty || groups.contains { $0.allSatisfy { Self.holds($0, entry) != $0.isNegated } }
    }

    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() } else if character.isWhitespace, !isQuoted {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }

    private static func term(_ word: String) -> Term {
        let isNegated = word.hasPrefix("-") && word.count > 1
        let plain = isNegated ? word.dropFirst() : word[...]
        // A tag may itself have a colon: tag:env:prod.
        if let colon = plain.firstIndex(of: ":"), let key = Term.Key(rawValue: String(plain[..<colon])) {
            return Term(key: key, text: String(plain[plain.index(after: colon)...]), isNegated: isNegated)
        }
        return Term(key: nil, text: String(plain), isNegated: isNegated)
    }

    private static func holds(_ term: Term, _ entry: CheckEntry) -> Bool {
        switch term.key {
        case .tag: return entry.tags.contains { fits($0, term.text) }
        case .name: return holds(term.text, in: entry.name)
        case .id: return entry.publicID == term.text
        case .type, .subtype, .status:
            guard case .check(let check) = entry else { return false }
            if term.key == .type { return fits(check.type, term.text) }
            return term.key == .subtype ? fits(check.subtype, term.text) : fits(check.status?.rawValue ?? "live", term.text)
        case nil: return holds(term.text, in: entry.name) || entry.publicID == term.text || entry.tags.contains { fits($0, term.text) }
        }
    }

    private static func holds(_ part: String, in text: String) -> Bool { text.lowercased().contains(part.lowercased()) }

    /// The same word, or one that a `*` in it stands for.
    private static func fits(_ word: String, _ wanted: String) -> Bool {
        let pieces = wanted.lowercased().split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1 else { return word.lowercased() == wanted.lowercased() }
        let pattern = "^" + pieces.map { "\\Q" + $0.replacing("\\E", with: "") + "\\E" }.joined(separator: ".*") + "$"
        return (try? CheckPattern(pattern).matches(word.lowercased())) ?? false
    }

    /// What the user most likely meant, for a search that fits nothing; empty when nothing is near.
    func suggestion(among entries: [CheckEntry]) -> String {
        guard let term = groups.first?.first else { return "" }
        let candidates = term.key == .name ? entries.map(\.name) : entries.flatMap(\.tags) + (term.key == .tag ? [] : entries.map(\.name))
        return Base.suggestion(for: term.text, among: Set(candidates.filter { !$0.isEmpty }))
    }
}
