import Base

/// The JSON Schema of a file in a pack's folder `probes`, as `ProbeReader` takes it.
public enum ProbeSchema {
    public static let fileName = "probes.schema.json"

    public static var document: Value {
        .object([
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A probe of a scenario pack", "type": "object",
            "properties": .object([
                "$schema": text, "description": described("What the probe is good for, in one sentence."),
                "variables": .object(["type": "object", "description": "Patterns with generators, as in checks.", "additionalProperties": text]),
                "chances": .object(["enum": .list(Probe.Chances.allCases.map { .string($0.rawValue) }), "default": .string(Probe.Chances.drawn.rawValue)]),
                "given": list(query), "visits": list(visit, atLeastOne: true),
            ]),
            "required": ["description", "visits"], "additionalProperties": false,
        ])
    }

    private static let text: Value = .object(["type": "string"])

    private static func described(_ words: String) -> Value { .object(["type": "string", "description": .string(words)]) }

    private static func list(_ element: Value, atLeastOne: Bool = false) -> Value {
        atLeastOne ? .object(["type": "array", "items": element, "minItems": 1]) : .object(["type": "array", "items": element])
    }

    private static func closed(_ properties: [(String, Value)], required: [String]) -> Value {
        .object([
            "type": "object", "properties": .record(Record(properties)), "required": .list(required.map { .string($0) }), "additionalProperties": false,
        ])
    }

    private static var query: Value {
        closed([("database", text), ("sql", described("One statement, with {{ NAME }} places.")), ("note", text)], required: ["database", "sql"])
    }

    private static var visit: Value { closed([("name", text), ("steps", list(step, atLeastOne: true))], required: ["name", "steps"]) }

    private static var step: Value {
        closed(
            [
                ("name", described("What the visitor does: \"lists the discounts\".")), ("note", text),
                ("request", .object(["type": "object", "description": "As in checks.", "required": ["url"]])),
                ("waitSeconds", whole(ProbeStepReader.waitRange)), ("times", whole(ProbeStepReader.timesRange)),
                ("pauseMilliseconds", whole(ProbeStepReader.pauseRange)),
                ("atOnce", .object(["type": "boolean", "default": false, "description": "All times at the same moment."])), ("values", list(value)),
                ("keep", .object(["type": "object", "additionalProperties": closed(ProbeStepReader.keepNames.map { ($0, text) }, required: [])])),
                ("telemetry", list(described("An evidence query."))),
            ], required: ["name"])
    }

    private static func whole(_ range: ClosedRange<Int>) -> Value {
        .object(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    }

    private static var value: Value {
        closed(
            [
                ("name", text), ("json", described("A JSON path.")), ("text", described("A pattern for what a person sees of a page.")),
                ("body", described("A pattern for the body as it was sent.")), ("header", described("Name of a header field.")),
                ("pattern", described("What of the header field matters.")), ("mentions", query), ("rows", query), ("among", query),
                ("order", .object(["enum": .list(ProbeValueReader.Order.allCases.map { .string($0.rawValue) })])), ("ignoring", list(text)),
            ], required: ["name"])
    }
}
