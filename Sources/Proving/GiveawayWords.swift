import Packs

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The words that must not reach a learner: names of faults and states, and what only an injector would say.
struct GiveawayWords: Sendable {
    private struct Word: Sendable {
        var text: String
        /// The spellings that are looked for: as given, capitalised, in capitals.
        var spellings: [String]
        /// `inject` also stands for `injected`.
        var mayGoOn: Bool
    }

    private let words: [Word]

    /// - Parameter withStates: False leaves out the names of states. Wirings are searched without them: their language has everyday
    ///   words of its own, such as the filter `fixed`.
    init(_ pack: Pack, withStates: Bool = true) {
        let names = Set(pack.faults.map(\.name) + (withStates ? pack.stateNames : [])).sorted()
        words = names.flatMap { name in Set([name, name.replacing("-", with: "_")]).sorted().map { Self.word($0, mayGoOn: false) } }
            + ["fault", "inject"].map { Self.word($0, mayGoOn: true) }
    }

    private static func word(_ text: String, mayGoOn: Bool) -> Word {
        let spellings = Set([text, text.prefix(1).uppercased() + text.dropFirst(), text.uppercased()])
        return Word(text: text, spellings: spellings.sorted(), mayGoOn: mayGoOn)
    }

    /// One occurrence.
    struct Occurrence: Equatable {
        var word: String
        /// Offset of its first byte.
        var position: Int
    }

    /// The first occurrence of each word. A word inside a longer one does not count: `default` is no `fault`.
    func occurrences(in bytes: [UInt8]) -> [Occurrence] {
        // The library's search wants a zero at the end, and is many times as fast as a loop: pages carry large pictures.
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                words.compactMap { word in
                    word.spellings.compactMap { Self.position(of: $0, mayGoOn: word.mayGoOn, in: text) }.min().map {
                        Occurrence(word: word.text, position: $0)
                    }
                }
            }
        }
    }

    /// - Parameter text: Ends with a zero; others may be inside.
    private static func position(of spelling: String, mayGoOn: Bool, in text: UnsafeBufferPointer<CChar>) -> Int? {
        let base = text.baseAddress!
        let length = spelling.utf8.count
        return spelling.withCString { needle in
            var start = 0
            while start < text.count {
                guard let found = strstr(base + start, needle) else {
                    start += strlen(base + start) + 1
                    continue
                }
                let position = UnsafePointer(found) - base
                let startsWord = position == 0 || !isWordCharacter(text[position - 1])
                let endsWord = mayGoOn || !isWordCharacter(text[position + length])
                if startsWord && endsWord { return position }
                start = position + 1
            }
            return nil
        }
    }

    private static func isWordCharacter(_ character: CChar) -> Bool {
        switch character {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }
}
