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
    /// What each byte is to the search.
    private let kinds: [ByteKind]
    /// Whether some spelling begins with two bytes, at 256 times the first plus the second: of the first alone there are too many.
    private let beginnings: [Bool]

    private struct ByteKind: OptionSet {
        let rawValue: UInt8
        static let wordCharacter = ByteKind(rawValue: 1)
        /// Some spelling begins with it.
        static let beginning = ByteKind(rawValue: 2)
    }

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
        kinds = (0...255).map { (byte: UInt8) in
            var kind: ByteKind = Self.isWordCharacter(byte) ? .wordCharacter : []
            if !spellings[Int(byte)].isEmpty { kind.insert(.beginning) }
            return kind
        }
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
            kinds.withUnsafeBufferPointer { kinds in
                // One pass for all words: only where one begins can one of them stand, and few share its first bytes.
                var before: ByteKind = []
                for position in text.indices {
                    let kind = kinds[Int(text[position])]
                    if kind.contains(.beginning), !before.contains(.wordCharacter), mayBegin(at: position, in: text) {
                        for spelling in spellings[Int(text[position])] where found[spelling.word] == nil && Self.stands(spelling, at: position, in: text) {
                            found[spelling.word] = position
                        }
                    }
                    before = kind
                }
            }
        }
        return found.sorted { $0.key < $1.key }.map { Occurrence(word: words[$0.key], position: $0.value) }
    }

    private func mayBegin(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let second = position + 1 < text.count ? text[position + 1] : 0
        return beginnings[Int(text[position]) << 8 | Int(second)]
    }

    private static func stands(_ spelling: Spelling, at position: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = position + spelling.bytes.count
        guard end <= text.count, text[position..<end].elementsEqual(spelling.bytes) else { return false }
        return spelling.mayGoOn || end == text.count || !isWordCharacter(text[end])
    }

    private static func isWordCharacter(_ character: UInt8) -> Bool {
        switch character {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }
}
