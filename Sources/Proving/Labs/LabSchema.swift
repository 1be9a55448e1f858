import Base

/// The JSON Schema of a file in a pack's folder `labs`, as `LabReader` takes it.
public enum LabSchema {
    public static let fileName = "labs.schema.json"

    private static func text(_ words: String) -> Value { .object(["type": "string", "description": .string(words)]) }
    private static func texts(_ words: String) -> Value { .object(["type": "array", "items": .object(["type": "string"]), "description": .string(words)]) }

    private static func object(_ keys: [String], required: [String], _ property: (String) -> Value) -> [(String, Value)] {
        [
            ("type", "object"), ("properties", .record(Record(keys.map { ($0, property($0)) }))), ("required", .list(required.map { .string($0) })),
            ("additionalProperties", false),
        ]
    }

    private static var verification: Value {
        .record(Record(object(LabReader.verificationKeys, required: []) { key in
            switch key {
            case "checks": texts("Checks of the pack that must pass.")
            case "evidence": texts("Queries that must find something.")
            case "absent": texts("Queries that must find nothing.")
            default:
                .object([
                    "type": "integer", "minimum": .int(LabReader.seconds.lowerBound), "maximum": .int(LabReader.seconds.upperBound),
                    "description": "Evidence counts from so many seconds ago on.",
                ])
            }
        }))
    }

    private static var step: Value {
        .record(Record(object(LabReader.stepKeys, required: ["title", "text"]) { key in
            switch key {
            case "title": text("What is done.")
            case "text": text("How, and why.")
            case "commands": texts("Lines for a shell.")
            case "observe": text("What there is to see.")
            default: verification
            }
        }))
    }

    public static var document: Value {
        let steps: Value = .object(["type": "array", "items": step, "minItems": 1])
        return .record(
            Record(
                [("$schema", "https://json-schema.org/draft/2020-12/schema"), ("title", "A guided exercise with a scenario pack")]
                    + object(LabReader.keys, required: ["title", "description", "state", "steps"]) { key in
                        switch key {
                        case "title": text("For people.")
                        case "description": text("What the lab is about.")
                        case "state": text("In which the shop is at the beginning.")
                        case "steps": steps
                        default: .object(["type": "string"])
                        }
                    }))
    }
}
