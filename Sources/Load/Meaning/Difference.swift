import Base

/// How closely live responses are compared with recorded ones.
public enum ComparisonLevel: String, Sendable, CaseIterable {
    case off
    case status
    /// Status, media type, redirect and the body's meaning: JSON values, the words of a page, other texts and pictures as they are. Generated
    /// values (tokens, identifiers, times) may differ.
    case meaning
    /// Status and every byte of the body.
    case exact
}

/// The first thing in which a live response differs from the recorded one.
public struct Difference: Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case status, type, location, json, text, bytes
    }

    public var kind: Kind
    /// JSON pointer of a value; empty for the rest.
    public var place: String
    public var recorded: String
    public var live: String
    /// Further ones of the same kind in the response.
    public var others: Int

    init(_ kind: Kind, at place: String = "", recorded: String, live: String, others: Int = 0) {
        self.kind = kind
        self.place = place
        self.recorded = Self.cropped(recorded)
        self.live = Self.cropped(live)
        self.others = others
    }

    private static let textLimit = 120

    private static func cropped(_ text: String) -> String { text.count > textLimit ? text.prefix(textLimit) + "…" : text }

    public var description: String {
        let more = others > 0 ? ", and \(others) more" : ""
        return "\(kind.rawValue)\(place.isEmpty ? "" : " \(place)"): recorded \"\(recorded)\", now \"\(live)\"\(more)"
    }

    public var value: Value {
        .object(["kind": .string(kind.rawValue), "place": .string(place), "recorded": .string(recorded), "live": .string(live), "others": .int(others)])
    }
}
