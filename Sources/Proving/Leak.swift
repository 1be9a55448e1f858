import Base

/// A place where a learner could read what is being done to the shop.
public struct Leak: Sendable, Hashable, CustomStringConvertible {
    /// The name of a fault or state, or an injector's word.
    public var word: String
    /// For example `GET /ads of http://127.0.0.1:3001`, `span`, `log`.
    public var place: String
    /// What stands around the word.
    public var excerpt: String

    /// True when the same word stands in the same place, whatever is around it.
    func isSame(as other: Leak) -> Bool { word == other.word && place == other.place }

    public var description: String { "\"\(word)\" in \(place): \(excerpt)" }

    public var value: Value { .object(["word": .string(word), "place": .string(place), "excerpt": .string(excerpt)]) }
}
