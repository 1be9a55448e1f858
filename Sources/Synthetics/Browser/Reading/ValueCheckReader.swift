import Base

/// Reads a condition: `check` and `value` of an assertion, or `type` with `value`, `min` and `max` of a count.
enum ValueCheckReader {
    static func read(_ params: ObjectReader) -> ValueCheck? {
        guard let relation = relation(params, named: "check", among: ValueCheck.Relation.allCases) else { return nil }
        return value(params, relation).map { ValueCheck(relation, $0) }
    }

    /// `{"type": "equals", "value": 1}` or `{"type": "between", "min": 1, "max": 3}`.
    static func readCount(_ reader: ObjectReader) -> ValueCheck? {
        guard let relation = relation(reader, named: "type", among: ValueCheck.Relation.forCounts) else { return nil }
        if relation == .between, reader["min"] != nil || reader["max"] != nil {
            guard let low = bound("min", reader), let high = bound("max", reader) else { return nil }
            if low > high { reader.note("\"min\" is greater than \"max\"", at: "min"); return nil }
            return ValueCheck(.between, "\(low),\(high)")
        }
        return value(reader, relation).map { ValueCheck(relation, $0) }
    }

    private static func bound(_ name: String, _ reader: ObjectReader) -> Int? {
        if reader[name] == nil { reader.missing(name) }
        return reader.wholeNumber(name, in: 0...1_000_000)
    }

    private static func relation(_ reader: ObjectReader, named name: String, among allowed: [ValueCheck.Relation]) -> ValueCheck.Relation? {
        let text = reader.requiredString(name)
        if text.isEmpty { return nil }
        if let relation = ValueCheck.Relation(rawValue: text), allowed.contains(relation) { return relation }
        reader.note("there is no check \"\(text)\"\(suggestion(for: text, among: allowed.map(\.rawValue)))", at: name)
        return nil
    }

    /// The value as text, judged by what the relation needs; places can only be judged when they are filled in.
    private static func value(_ reader: ObjectReader, _ relation: ValueCheck.Relation) -> String? {
        guard relation.needsValue else { return "" }
        guard let node = reader["value"] else { reader.missing("value"); return nil }
        if node.array != nil || node.members != nil {
            reader.note("\"value\" must be a text or a number, not \(node.kindName)", at: "value")
            return nil
        }
        let text = node.value.shortText
        if Template.hasPlaces(text) { return text }
        if relation.takesNumber, Double(text) == nil {
            reader.note("\"value\" of \(relation.rawValue) must be a number, not \"\(text)\"", at: "value")
        }
        if relation == .between, ValueCheck.bounds(text) == nil {
            reader.note("\"value\" of between must be two numbers such as \"1,5\", not \"\(text)\"", at: "value")
        }
        if relation == .matchRegex { PatternReader.check(text, reader, "value") }
        return text
    }
}
