import HTTP
import Packs
import Synchronization

/// Reads everything that learners can see and remembers where it says too much.
final class Witness: Sendable {
    private let words: GiveawayWords
    private let wordsInWirings: GiveawayWords
    private let found = Mutex<[Leak]>([])

    init(_ pack: Pack) {
        words = GiveawayWords(pack)
        wordsInWirings = GiveawayWords(pack, withStates: false)
    }

    /// One for each word and place, in the order they were found.
    var leaks: [Leak] { found.withLock { $0 } }

    func see(_ response: ClientResponse, to request: ClientRequest) {
        let place = "\(request.method) \(request.url)"
        look(at: response.body, "body of \(place)")
        look(at: Array(response.headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n").utf8), "headers of \(place)")
    }

    /// - Parameter place: Where the bytes stand, in words for people.
    func look(at bytes: [UInt8], _ place: String) { note(words.occurrences(in: bytes), bytes, place) }

    func look(atWiring text: String, of service: String) {
        let bytes = Array(text.utf8)
        note(wordsInWirings.occurrences(in: bytes), bytes, "wiring of \(service)")
    }

    private func note(_ occurrences: [GiveawayWords.Occurrence], _ bytes: [UInt8], _ place: String) {
        for occurrence in occurrences {
            note(Leak(word: occurrence.word, place: place, excerpt: Self.excerpt(bytes, around: occurrence.position)))
        }
    }

    private func note(_ leak: Leak) {
        found.withLock { list in
            if !list.contains(where: leak.isSame) { list.append(leak) }
        }
    }

    /// Bytes shown before and after the place.
    private static let excerptReach = 40

    /// A part of the line that the position is in.
    private static func excerpt(_ bytes: [UInt8], around position: Int) -> String {
        let before = bytes[max(0, position - excerptReach)..<position]
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? before.startIndex
        let after = bytes[position..<min(bytes.count, position + 2 * excerptReach)]
        let end = after.firstIndex(of: 10) ?? after.endIndex
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
