import Base

/// The verdict on one assertion.
public struct AssertionResult: Sendable, Equatable {
    public var type: String
    public var operatorName: String
    /// Header name, or the JSON path that was followed.
    public var property: String?
    /// The target after its places were filled in; null for operators without one.
    public var expected: Value
    /// Nil when there was nothing to compare. Long texts are cut.
    public var actual: Value?
    /// Characters of a text that was cut; nil when `actual` is whole.
    public var actualLength: Int?
    public var isValid: Bool
    /// As a report shows it, without the type: "should be less than 1000".
    public var wording: String
    /// Why it could not be judged, for example a body that is no JSON.
    public var reason: String?

    /// `body $.id should be more than 0. Actual: -3`.
    public var sentence: String {
        let subject = ([type] + [property].compactMap { $0 }).joined(separator: " ")
        let end = reason ?? actual.map { "Actual: \(Self.shown($0, length: actualLength))" } ?? "Actual: nothing"
        return "\(subject) \(wording). \(end)"
    }

    /// Characters of a text that a report shows.
    private static let shownLimit = 100

    private static func shown(_ value: Value, length: Int?) -> String {
        let text = value.shortText.map { $0.isNewline ? " " : $0 }
        return text.count > shownLimit ? String(text.prefix(shownLimit)) + "… (\(length ?? text.count) characters)" : String(text)
    }

    /// Characters of a text that results keep.
    private static let keptLimit = 1_000

    /// Keeps what was found, or the beginning of a long text.
    mutating func keep(_ value: Value?) {
        actual = value
        guard let text = value?.plainText, text.utf8.count > Self.keptLimit else { return }
        actual = .string(String(text.prefix(Self.keptLimit)) + "…")
        actualLength = text.utf16.count
    }

    /// Keeps what was found out of results.
    mutating func hideActual() {
        guard actual != nil else { return }
        actual = nil
        if !isValid { reason = "Actual: not saved" }
    }

    mutating func rewrite(_ change: (String) -> String) {
        func changed(_ value: Value) -> Value { if case .string(let text) = value { .string(change(text)) } else { value } }
        expected = changed(expected)
        actual = actual.map(changed)
        wording = change(wording)
        reason = reason.map(change)
    }

    /// As Datadog's results have it (`assertionResults`).
    public var value: Value {
        var members: [(String, Value)] = [("type", .string(type)), ("operator", .string(operatorName))]
        if let property { members.append(("property", .string(property))) }
        members.append(("expected", expected))
        members.append(("actual", actual ?? .null))
        if let reason { members.append(("reason", .string(reason))) }
        members.append(("valid", .bool(isValid)))
        return .record(Record(members))
    }
}
