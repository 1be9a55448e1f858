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
    /// By byte, as the search asks for each: whether it is part of a word, and whether some spelling begins with it.
    private let wordCharacters: [Bool]
    private let firstBytes: [Bool]
    /// Whether some spelling begins with two bytes, at 256 times the first plus the second: of the first alone there are too many.
    private let beginnings: [Bool]

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
        wordCharacters = (0...255).map(Self.isWordCharacter)
        firstBytes = spellings.map { !$0.isEmpty }
        beginnings = (0..<65_536).map { pair in
            spellings[pair >> 8].contains { $0.bytes.count == 1 || Int($0.bytes[1]) == pair & 255 }
        }
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
            // One pass for all words: only where one begins can one of them stand, and few share its first bytes.
            var isInWord = false
            for position in text.indices {
                let byte = Int(text[position])
                if firstBytes[byte], !isInWord, mayBegin(at: position, in: text) {
                    for spelling in spellings[byte] where found[spelling.word] == nil && stands(spelling, at: position, in: text) {
                        found[spelling.word] = position
                    }
                }
                isInWord = wordCharacters[byte]
            }
        }
        return found.sorted { $0.key < $1.key }.map { Occurrence(word: words[$0.key], position: $0.value) }
    }

    private func mayBegin(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let second = position + 1 < text.count ? text[position + 1] : 0
        return beginnings[Int(text[position]) << 8 | Int(second)]
    }

    private func stands(_ spelling: Spelling, at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = position + spelling.bytes.count
        guard end <= text.count else { return false }
        // Byte by byte: without optimisation, comparing slices takes a third of a test run. The first byte is known.
        var offset = 1
        while offset < spelling.bytes.count {
            if text[position + offset] != spelling.bytes[offset] { return false }
            offset += 1
        }
        return spelling.mayGoOn || end == text.count || !wordCharacters[Int(text[end])]
    }

    private static func isWordCharacter(_ character: UInt8) -> Bool {
        switch character {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }
}
