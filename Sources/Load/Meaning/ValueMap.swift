import HTTP

/// What stands in a session for values of its recording: the shop makes up cookies, tokens and identifiers anew, and requests that repeat
/// the recorded ones would name what does not exist.
///
/// The rule is general: a value that a recorded response held is replaced, wherever a later request uses it, by the value that the live
/// response holds in the same place. Values that the live response still holds somewhere under the same name are left alone: they have not
/// been made up anew, only moved.
struct ValueMap {
    private struct Key: Hashable {
        var name: String
        var value: String
    }

    /// A short identifier, such as a row's number, and the words of the place where it stood.
    private struct Numbered {
        var words: Set<String>
        var live: String
    }

    private var named: [Key: String] = [:]
    /// Values that cannot be mistaken for others, whatever they are called.
    private(set) var anywhere: [String: String] = [:]
    private var numbered: [String: [Numbered]] = [:]

    /// Values kept for one session; a session that lives on forgets all when it has more.
    private static let limit = 20_000

    var isEmpty: Bool { named.isEmpty && anywhere.isEmpty }

    mutating func merge(_ other: ValueMap) {
        named.merge(other.named) { $1 }
        anywhere.merge(other.anywhere) { $1 }
        numbered.merge(other.numbered) { $1 }
    }

    // MARK: Learning

    /// - Parameters:
    ///   - recorded: What the recorded response holds.
    ///   - live: What the live response to the same request holds.
    ///   - request: The recorded request. A cookie of it that only the live shop sets anew is one that this shop did not know.
    mutating func learn(recorded: [FoundValue], live: [FoundValue], request: RecordedRequest) {
        if named.count > Self.limit { self = ValueMap() }
        let liveByPlace = Dictionary(live.map { ($0.place, $0.value) }, uniquingKeysWith: { first, _ in first })
        let kept = Set(live.map { Key(name: $0.name, value: $0.value) })
        for found in recorded {
            guard let value = liveByPlace[found.place], value != found.value, !kept.contains(Key(name: found.name, value: found.value)) else { continue }
            set(found, to: value)
        }
        let recordedPlaces = Set(recorded.map(\.place))
        for cookie in live where cookie.place.hasPrefix("cookie ") && !recordedPlaces.contains(cookie.place) {
            guard let sent = RequestRewriter.cookies(request.headers).first(where: { $0.name == cookie.name }), sent.value != cookie.value else { continue }
            set(FoundValue(place: cookie.place, name: sent.name, value: sent.value), to: cookie.value)
        }
    }

    private mutating func set(_ found: FoundValue, to value: String) {
        named[Key(name: found.name, value: found.value)] = value
        if Identifier.isOpaque(found.value) {
            anywhere[found.value] = value
        } else if Identifier.isName(found.name) {
            let words = Self.significantWords(found.place)
            numbered[found.value, default: []].removeAll { $0.words == words }
            numbered[found.value, default: []].append(Numbered(words: words, live: value))
        }
    }

    // MARK: Use

    /// - Parameter name: What the request calls the value; nil looks only for values that cannot be mistaken.
    func live(for value: String, named name: String?) -> String? {
        if isEmpty { return nil }
        if let name, let live = named[Key(name: name, value: value)] { return live }
        return anywhere[value]
    }

    /// For a path segment: also a short identifier, when the segment before it shares a word with the place where the identifier stood, as
    /// `/remove_line_item/5` does with a 5 among `line_items`.
    func live(forSegment value: String, after previous: String) -> String? {
        if let live = anywhere[value] { return live }
        guard let candidates = numbered[value] else { return nil }
        let words = Self.significantWords(previous)
        let fitting = Set(candidates.filter { !$0.words.isDisjoint(with: words) }.map(\.live))
        return fitting.count == 1 ? fitting.first : nil
    }

    /// Words of four letters or more, in the singular.
    private static func significantWords(_ text: String) -> Set<String> {
        Set(Identifier.words(of: text).filter { $0.utf8.count >= 4 }.map { $0.hasSuffix("s") ? String($0.dropLast()) : $0 })
    }
}
