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
    public var isValid: Bool
    /// As a report shows it, without the type: "should be less than 1000".
    public var wording: String
    /// Why it could not be judged, for example a body that is no JSON.
    public var reason: String?

    /// `body $.id should be more than 0. Actual: -3`.
    public var sentence: String {
        let subject = ([type] + [property].compactMap { $0 }).joined(separator: " ")
        let end = reason ?? actual.map { "Actual: \(Self.shown($0))" } ?? "Actual: nothing"
        return "\(subject) \(wording). \(end)"
    }

    /// Characters of a text that a report shows.
    private static let shownLimit = 160

    private static func shown(_ value: Value) -> String {
        let text = value.shortText.map { $0.isNewline ? " " : $0 }
        return text.count > shownLimit ? String(text.prefix(shownLimit)) + "… (\(text.count) characters)" : String(text)
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
