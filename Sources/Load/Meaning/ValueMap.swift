import HTTP

/// What stands in a session for values of its recording: the shop makes up cookies, tokens and identifiers anew, and requests that repeat
/// the recorded ones would name what does not exist.
///
/// The rule is general: a value that a recorded response held is replaced, wherever a later request uses it, by the value that the live
/// response holds in the same place. Values that the live response still holds among others of their kind are left alone: they have not been
/// made up anew, only moved.
struct ValueMap {
    private struct Key: Hashable {
        /// A name, or a kind of values.
        var name: String
        var value: String
    }

    /// What a value has become, and the words of the place where it stood: rows of several tables may have the same number.
    private struct Successor {
        var words: Set<String>
        var live: String
    }

    /// By name and recorded value.
    private var named: [Key: [Successor]] = [:]
    /// By recorded value, of those named as identifiers.
    private var numbered: [String: [Successor]] = [:]
    /// Values that cannot be mistaken for others, whatever they are called.
    private(set) var anywhere: [String: String] = [:]

    /// Values kept for one session; a session that lives on forgets all when it has more.
    private static let limit = 20_000

    var isEmpty: Bool { named.isEmpty && anywhere.isEmpty }

    mutating func merge(_ other: ValueMap) {
        named.merge(other.named) { $0 + $1 }
        numbered.merge(other.numbered) { $0 + $1 }
        anywhere.merge(other.anywhere) { $1 }
    }

    // MARK: Learning

    /// - Parameters:
    ///   - recorded: What the recorded response holds.
    ///   - live: What the live response to the same request holds.
    ///   - request: The recorded request. A cookie of it that only the live shop sets anew is one that this shop did not know.
    mutating func learn(recorded: [FoundValue], live: [FoundValue], request: RecordedRequest) {
        if named.count > Self.limit { self = ValueMap() }
        let liveByPlace = Dictionary(live.map { ($0.place, $0.value) }, uniquingKeysWith: { first, _ in first })
        let kept = Set(live.map { Key(name: $0.group, value: $0.value) })
        for found in recorded {
            guard let value = liveByPlace[found.place], value != found.value, !kept.contains(Key(name: found.group, value: found.value)) else { continue }
            set(found, to: value)
        }
        let recordedGroups = Set(recorded.map(\.group))
        for cookie in live where cookie.group.hasPrefix("cookie ") && !recordedGroups.contains(cookie.group) {
            guard let sent = RequestRewriter.cookies(request.headers).first(where: { $0.name == cookie.name }), sent.value != cookie.value else { continue }
            set(FoundValue(place: cookie.place, group: cookie.group, name: sent.name, value: sent.value), to: cookie.value)
        }
    }

    private mutating func set(_ found: FoundValue, to value: String) {
        let successor = Successor(words: Self.significantWords(found.group), live: value)
        Self.put(successor, into: &named[Key(name: found.name, value: found.value), default: []])
        if Identifier.isOpaque(found.value) {
            anywhere[found.value] = value
        } else if Identifier.isName(found.name) {
            Self.put(successor, into: &numbered[found.value, default: []])
        }
    }

    /// The latest of a place stands last.
    private static func put(_ successor: Successor, into list: inout [Successor]) {
        list.removeAll { $0.words == successor.words }
        list.append(successor)
    }

    // MARK: Use

    /// - Parameter name: What the request calls the value; nil looks only for values that cannot be mistaken.
    func live(for value: String, named name: String?) -> String? {
        if isEmpty { return nil }
        if let name, let successors = named[Key(name: name, value: value)] {
            // Of several, the one whose place the name speaks of, else the latest.
            let words = Self.significantWords(name)
            return (successors.last { !$0.words.isDisjoint(with: words) } ?? successors.last)?.live
        }
        return anywhere[value]
    }

    /// For a path segment: also a short identifier, when the segment before it shares a word with the place where the identifier stood, as
    /// `/remove_line_item/5` does with a 5 among `line_items`.
    func live(forSegment value: String, after previous: String) -> String? {
        if let live = anywhere[value] { return live }
        guard let successors = numbered[value] else { return nil }
        let words = Self.significantWords(previous)
        let fitting = Set(successors.filter { !$0.words.isDisjoint(with: words) }.map(\.live))
        return fitting.count == 1 ? fitting.first : nil
    }

    /// Whether a recorded value has become this one somewhere in the session.
    func hasBecome(_ value: String, _ live: String, named name: String?) -> Bool {
        if anywhere[value] == live { return true }
        return name.flatMap { named[Key(name: $0, value: value)] }?.contains { $0.live == live } ?? false
    }

    /// Words of four letters or more, in the singular.
    private static func significantWords(_ text: String) -> Set<String> {
        Set(Identifier.words(of: text).filter { $0.utf8.count >= 4 && $0 != "json" }.map { $0.hasSuffix("s") ? String($0.dropLast()) : $0 })
    }
}
