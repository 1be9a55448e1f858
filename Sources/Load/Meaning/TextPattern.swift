/// What is the same in all recorded answers to one request, and where they vary: advertisements picked at random, the time of day, a stock
/// that falls. A live answer that differs only where the recorded ones differ from each other means the same.
struct TextPattern: Sendable {
    private(set) var words: [String]
    /// Gaps in which some answer has words of its own: 0 is before the first word, `words.count` behind the last.
    private var open: Set<Int> = []

    static let wordLimit = 20_000

    init(_ words: [String]) { self.words = words }

    /// Takes one more recorded answer into account.
    mutating func note(_ other: [String]) {
        guard other != words else { return }
        let alignment = Alignment(from: words, to: other)
        var kept: [String] = []
        var gaps: Set<Int> = []
        for index in 0...words.count {
            if open.contains(index) || alignment.added.contains(index) { gaps.insert(kept.count) }
            if index == words.count { break }
            if alignment.removed.contains(index) { gaps.insert(kept.count) } else { kept.append(words[index]) }
        }
        words = kept
        open = gaps
    }

    /// Whether an answer has all that never varies, and words of its own only where recorded answers have some.
    func matches(_ answer: [String]) -> Bool {
        let alignment = Alignment(from: words, to: answer)
        return alignment.removed.isEmpty && alignment.added.isSubset(of: open)
    }

    /// How one list of words becomes another.
    private struct Alignment {
        /// Indices of the first list.
        var removed: Set<Int> = []
        /// Gaps of the first list.
        var added: Set<Int> = []

        init(from old: [String], to new: [String]) {
            let difference = new.difference(from: old)
            for case .remove(let offset, _, _) in difference.removals { removed.insert(offset) }
            var inserted: Set<Int> = []
            for case .insert(let offset, _, _) in difference.insertions { inserted.insert(offset) }
            var index = 0
            for position in new.indices {
                if inserted.contains(position) { added.insert(index); continue }
                // Removed words stand before the next common one.
                while removed.contains(index) { index += 1 }
                index += 1
            }
        }
    }
}

/// The patterns of a recording, by request line.
struct RecordedTexts: Sendable {
    private var patterns: [String: TextPattern] = [:]

    /// Lines beyond it are compared answer by answer.
    private static let lineLimit = 500

    mutating func note(_ line: String, _ words: [String]) {
        guard words.count <= TextPattern.wordLimit else { return }
        if patterns[line] != nil { patterns[line]!.note(words) } else if patterns.count < Self.lineLimit { patterns[line] = TextPattern(words) }
    }

    /// False for lines that are not known.
    func match(_ line: String, _ words: [String]) -> Bool { patterns[line]?.matches(words) ?? false }
}
