import Base
import HTTP

/// The JSON Schema (draft 2020-12) of journey files, made of the names that the readers know.
public enum JourneySchema {
    public static let fileName = "load.schema.json"

    public static var value: Value {
        .record(
            Record(
                [("$schema", "https://json-schema.org/draft/2020-12/schema"), ("title", "A journey of a scenario pack: what visitors of a shop do")]
                    + object(JourneyReader.keys.map { ($0, journeyMember($0)) }, required: ["title", "visitors"]) + [("$defs", definitions)]))
    }

    // MARK: Building

    private static func object(_ properties: [(String, Value)], required: [String] = []) -> [(String, Value)] {
        var members: [(String, Value)] = [("type", "object"), ("properties", .record(Record(properties)))]
        if !required.isEmpty { members.append(("required", .list(required.map { .string($0) }))) }
        return members + [("additionalProperties", false)]
    }

    private static func nested(_ properties: [(String, Value)], required: [String] = []) -> Value { .record(Record(object(properties, required: required))) }
    private static func map(_ value: Value) -> Value { .object(["type": "object", "additionalProperties": value]) }
    private static func list(_ value: Value) -> Value { .object(["type": "array", "items": value]) }
    private static func text(_ description: String) -> Value { .object(["type": "string", "description": .string(description)]) }
    private static func flag(_ description: String) -> Value { .object(["type": "boolean", "description": .string(description)]) }
    private static func reference(_ name: String) -> Value { .object(["$ref": .string("#/$defs/\(name)")]) }
    private static func choice(_ names: [String], _ description: String) -> Value {
        .object(["enum": .list(names.map { .string($0) }), "description": .string(description)])
    }
    private static func integer(_ range: ClosedRange<Int>, _ description: String) -> Value {
        .object(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound), "description": .string(description)])
    }

    private static let anyText: Value = .object(["type": "string"])
    private static let pair: Value = .object(["type": "array", "items": .object(["type": "integer"]), "minItems": 2, "maxItems": 2])

    // MARK: Journey and visitors

    private static func journeyMember(_ key: String) -> Value {
        switch key {
        case "title": text("What the journey is, for people.")
        case "description": text("Where it comes from and what it shows.")
        case "job": text("A service name under which the shop's logs have the tables that Locust prints, as if the visitors were a job in its cluster.")
        case "service": text("Where requests go that name no service; the pack's entry service without it.")
        case "load":
            nested([
                ("users", integer(1...1_000_000, "Visitors when nobody says otherwise (10).")),
                ("spawnRate", .object(["type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "description": "Visitors that come per second (1)."])),
                ("durationSeconds", integer(1...86_400_000, "Without it the journey goes on until it is stopped.")),
            ])
        case "thresholds": map(list(text("A limit such as p(95)<500; the name is a metric such as http_req_duration{name:home}.")))
        case "lists": map(.object(["type": "array", "minItems": 1]))
        case "headers": map(anyText)
        case "sequences": map(reference("steps"))
        case "visitors": .object(["type": "object", "minProperties": 1, "additionalProperties": visitor])
        default: anyText
        }
    }

    private static var visitor: Value {
        nested(
            JourneyReader.visitorKeys.map { key in
                switch key {
                case "weight": (key, integer(JourneyReader.weights, "How many of all visitors are of this kind, compared with the others (1)."))
                case "service": (key, text("Where requests go that name no service."))
                case "headers": (key, map(anyText))
                case "cookies": (key, flag("False sends no cookies back (true)."))
                case "waitMilliseconds": (key, reference("wait"))
                case "variables": (key, reference("values"))
                case "onStart": (key, reference("steps"))
                default: (key, .object(["type": "array", "minItems": 1, "items": task]))
                }
            }, required: ["tasks"])
    }

    private static var task: Value {
        nested(
            [
                ("name", text("For readers.")), ("weight", integer(JourneyReader.weights, "How often it is chosen, compared with the others (1).")),
                ("everyMilliseconds", integer(1...JourneyReader.longestWait, "At least this long from one start to the next of the same visitor.")),
                ("steps", reference("steps")),
            ], required: ["steps"])
    }

    // MARK: Steps

    private static var definitions: Value {
        .object([
            "steps": list(.object(["oneOf": .list(StepReader.kinds.map { step($0.name, others: $0.others) })])),
            "wait": .object([
                "description": "Milliseconds, or the least and the most of a random time.",
                "anyOf": .list([.object(["type": "integer", "minimum": 0, "maximum": .int(JourneyReader.longestWait)]), pair]),
            ]),
            "status": .object([
                "description": "200, \"2xx\", \"200-399\", or a list of these.",
                "anyOf": .list([.object(["type": .list(["integer", "string"])]), list(.object(["type": .list(["integer", "string"])]))]),
            ]),
            "values": map(reference("value")), "value": valueSource, "condition": condition, "take": take,
        ])
    }

    private static func step(_ kind: String, others: [String]) -> Value {
        let properties: [(String, Value)] = [(kind, stepMember(kind, of: kind))] + others.map { ($0, stepMember($0, of: kind)) }
        let required = [kind] + others.filter { ["steps", "then"].contains($0) }
        return nested(properties, required: required)
    }

    private static func stepMember(_ key: String, of kind: String) -> Value {
        if kind == "request" { return requestMember(key) }
        switch key {
        case "waitMilliseconds": return reference("wait")
        case "set": return reference("values")
        case "choose":
            return list(nested([("weight", integer(JourneyReader.weights, "(1)")), ("steps", reference("steps"))], required: ["steps"]))
        case "repeat": return .object(["description": "How often, or the least and the most.", "anyOf": .list([.object(["type": "integer", "minimum": 0]), pair])])
        case "each": return text("VARIABLE in LIST")
        case "shared": return flag("Visitors take the items among them: each item is taken once in a round (false).")
        case "when": return reference("condition")
        case "perform": return text("Name of a sequence.")
        case "end": return choice(Step.End.allCases.map(\.rawValue), "task: goes on with the next task; visitor: comes back as somebody new.")
        default: return reference("steps")
        }
    }

    private static func requestMember(_ key: String) -> Value {
        switch key {
        case "request": text("Method and path, or a whole URL: GET /products/{slug}. Variables stand in braces.")
        case "name": text("Under what the request is counted; the path as written without it.")
        case "service": text("Where the request goes.")
        case "headers", "query": map(anyText)
        case "form": map(.object(["type": .list(["string", "number", "boolean"])]))
        case "json": .object(["description": "Any JSON. A text that is nothing but a variable takes the variable's type."])
        case "hidden": text("A variable with the hidden fields of a page's form, sent before the form's own.")
        case "basic": .object(["type": "array", "items": anyText, "minItems": 2, "maxItems": 2, "description": "User and password."])
        case "timeoutMilliseconds": integer(1...3_600_000, "Time for the answer (60000).")
        case "redirects": flag("Follows redirects, which counts as one request (true).")
        case "version": choice(RequestStepReader.versions.map(\.name), "HTTP version.")
        case "expect": reference("status")
        case "bodyContains": text("Fails when the body does not hold it.")
        case "bodyLacks": text("Fails when the body holds it.")
        case "limitMilliseconds": integer(1...3_600_000, "A slower answer fails.")
        case "limitMessage": text("How that failure is called (Slow response).")
        case "take": map(reference("take"))
        case "onFailure": choice(RequestStep.Failing.allCases.map(\.rawValue), "What follows when the request fails (continue).")
        default: text("The body as it is sent.")
        }
    }

    // MARK: Values and conditions

    private static var valueSource: Value {
        let lengths = ValueSource.Alphabet.allCases.map { ($0.rawValue, integer(ValueSourceReader.lengths, "Random characters.")) }
        let sources: [(String, Value)] =
            [
                ("oneOf", .object(["type": .list(["string", "array"]), "description": "A list, its name, or a variable that holds one."])),
                ("integer", pair), ("uuid", flag("A random UUID.")),
            ] + lengths
        return .object([
            "anyOf": .list([
                .object(["type": .list(["string", "number", "boolean"])]),
                .record(Record(object(sources) + [("minProperties", 1), ("maxProperties", 1)])),
            ])
        ])
    }

    private static var condition: Value {
        nested(
            ConditionReader.keys.map { key in
                switch key {
                case "status": (key, reference("status"))
                case "not": (key, reference("condition"))
                case "any": (key, list(reference("condition")))
                case "variable": (key, text("Holds when it is set and not empty."))
                default: (key, anyText)
                }
            })
    }

    private static var take: Value {
        nested(
            TakeReader.keys.map { key in
                switch key {
                case "json": (key, text("A JSON path, such as $.items[0].id."))
                case "regex": (key, text("A regular expression; its first group, or all of it."))
                case "between": (key, .object(["type": "array", "items": anyText, "minItems": 2, "maxItems": 2, "description": "The texts before and after; quicker than a regular expression."]))
                case "header": (key, text("Name of a header field."))
                case "cookie": (key, text("Name of a cookie that the visitor now has."))
                case "hiddenFields": (key, text("Id of a form on the page."))
                case "pick": (key, choice(Take.Pick.allCases.map(\.rawValue), "Which of several (first); all gives a list."))
                default: (key, flag("True when it may be missing (false)."))
                }
            })
    }
}
