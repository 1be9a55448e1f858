import Base
import Packs

/// The words that must not reach a learner: names of faults and states, and what only an injector would say.
struct GiveawayWords: Sendable {
    private struct Spelling: Sendable {
        var bytes: [UInt8]
        /// Position in `words`.
        var word: Int
        /// `inject` also stands for `injected`.
        var mayGoOn: Bool
    }

    private let words: [String]
    /// As given, capitalised, in capitals; by their first byte.
    private let spellings: [[Spelling]]

    /// - Parameter withStates: False leaves out the names of states. Wirings are searched without them: their language has everyday
    ///   words of its own, such as the filter `fixed`.
    init(_ pack: Pack, withStates: Bool = true) {
        let names = Set(pack.faults.map(\.name) + (withStates ? pack.stateNames : [])).sorted()
        let whole = names.flatMap { name in Set([name, name.replacing("-", with: "_")]).sorted() }
        let stems = ["fault", "inject"]
        words = whole + stems
        var spellings = [[Spelling]](repeating: [], count: 256)
        for (index, word) in words.enumerated() {
            for text in Set([word, word.prefix(1).uppercased() + word.dropFirst(), word.uppercased()]) {
                let bytes = Array(text.utf8)
                guard let first = bytes.first else { continue }
                spellings[Int(first)].append(Spelling(bytes: bytes, word: index, mayGoOn: index >= whole.count))
            }
        }
        self.spellings = spellings
    }

    /// One occurrence.
    struct Occurrence: Equatable {
        var word: String
        /// Offset of its first byte.
        var position: Int
    }

    /// The first occurrence of each word, in the order of the words. A word inside a longer one does not count: `default` is no `fault`.
    func occurrences(in bytes: [UInt8]) -> [Occurrence] {
        var found: [Int: Int] = [:]
        bytes.withUnsafeBufferPointer { text in
            // One pass for all words: only where one begins can one of them stand, and few share its first byte.
            var isInsideWord = false
            for position in text.indices {
                defer { isInsideWord = Self.isWordCharacter(text[position]) }
                guard !isInsideWord else { continue }
                for spelling in spellings[Int(text[position])] where found[spelling.word] == nil && Self.stands(spelling, at: position, in: text) {
                    found[spelling.word] = position
                }
            }
        }
        return found.sorted { $0.key < $1.key }.map { Occurrence(word: words[$0.key], position: $0.value) }
    }

    private static func stands(_ spelling: Spelling, at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = position + spelling.bytes.count
        guard end <= text.count else { return false }
        for offset in 1..<spelling.bytes.count where text[position + offset] != spelling.bytes[offset] { return false }
        return spelling.mayGoOn || end == text.count || !isWordCharacter(text[end])
    }

    private static func isWordCharacter(_ character: UInt8) -> Bool {
        switch character {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }
}
