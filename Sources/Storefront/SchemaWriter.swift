import Base
import Cluster
import Packs
import Telemetry

/// JSON Schemas (draft 2020-12) of the files of a pack, made from the declarations that also validate them.
public enum SchemaWriter {
    public static func all(_ registry: HandlerRegistry) -> [(name: String, schema: Value)] {
        [
            ("pack.schema.json", pack), ("service.schema.json", service(registry)), ("faults.schema.json", faults), ("states.schema.json", states),
            ("tables.schema.json", tables), ("rows.schema.json", rows),
        ]
    }

    private static func document(_ title: String, _ members: [(String, Value)]) -> Value {
        .record(Record([("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string(title))] + members))
    }

    private static func object(_ properties: [(String, Value)], required: [String] = [], open: Bool = false) -> [(String, Value)] {
        var members: [(String, Value)] = [("type", "object"), ("properties", .record(Record(properties)))]
        if !required.isEmpty { members.append(("required", .list(required.map { .string($0) }))) }
        if !open { members.append(("additionalProperties", false)) }
        return members
    }

    private static func nested(_ properties: [(String, Value)], required: [String] = []) -> Value { .record(Record(object(properties, required: required))) }

    private static func map(_ value: Value) -> Value { .object(["type": "object", "additionalProperties": value]) }

    private static func list(_ value: Value) -> Value { .object(["type": "array", "items": value]) }

    private static func text(_ description: String) -> Value { .object(["type": "string", "description": .string(description)]) }

    private static let anyText: Value = .object(["type": "string"])
    private static let anything: Value = .object([:])
    private static let schemaName: (String, Value) = ("$schema", .object(["type": "string"]))

    // MARK: Pack, faults, states

    private static let pack = document(
        "pack.json of a scenario pack",
        object(
            [
                schemaName, ("name", text("Name on the command line.")), ("title", text("Name for people.")), ("description", text("One sentence.")),
                ("environment", text("What telemetry calls the environment.")), ("services", list(anyText)), ("entry", text("The service that visitors open.")),
                ("rum", nested([("service", anyText), ("version", anyText)], required: ["service", "version"])), ("aliases", map(anyText)),
                ("cluster", nested([("name", text("As telemetry names it.")), ("namespace", text("The environment without it.")), ("node", text("The machine that the pods are on."))])),
            ], required: ["name", "title", "description", "services", "entry"]))

    private static let canary = nested(
        [("service", anyText), ("version", anyText), ("weight", .object(["type": "integer", "minimum": 0, "maximum": 100])), ("patch", .object(["type": "object"]))],
        required: ["service", "version", "weight"])

    private static let faults = document(
        "faults.json of a scenario pack",
        [("type", "object"), ("properties", .record(Record([schemaName])))] + [
            (
                "additionalProperties",
                nested(
                    [
                        ("title", anyText), ("description", anyText), ("patch", map(.object(["type": "object"]))), ("canary", canary), ("shows", anyText), ("fix", anyText),
                        ("options", map(nested([("default", integer), ("minimum", integer), ("maximum", integer), ("description", anyText)], required: ["default", "minimum", "maximum"]))),
                        ("deployment", nested([("service", anyText), ("version", anyText), ("title", anyText)], required: ["service", "version", "title"])),
                        (
                            "proof",
                            nested([
                                ("red", list(anyText)), ("sometimes", list(anyText)),
                                ("together", map(list(anyText))), ("masked", map(list(anyText))), ("evidence", list(anyText)),
                                ("load", nested([("journey", text("A journey of the pack under which the evidence appears.")), ("seconds", integer)], required: ["journey"])),
                            ])
                        ),
                        ("healthyStates", list(text("A state whose answers are right as well."))),
                    ], required: ["title", "shows", "fix", "proof"])
            )
        ])

    private static let integer: Value = .object(["type": "integer"])

    private static let states = document(
        "states.json of a scenario pack",
        [("type", "object"), ("properties", .record(Record([schemaName])))] + [
            (
                "additionalProperties",
                nested(
                    [
                        ("title", anyText), ("aliases", list(anyText)), ("faults", list(anyText)),
                        ("instrumentation", .object(["enum": .list(Instrumentation.allCases.map { .string($0.rawValue) })])), ("rum", .object(["type": "boolean"])),
                        ("load", text("Name of the journey that goes with the state.")), ("patch", map(.object(["type": "object"]))), ("canary", canary),
                    ], required: ["title"])
            )
        ])

    // MARK: Data

    private static let tables = document(
        "data/tables.json of a scenario pack",
        object([
            schemaName,
            (
                "databases",
                map(
                    nested([
                        ("shared", .object(["type": "boolean", "description": "A PostgreSQL URL replaces it."])),
                        ("tables", map(nested([("columns", map(column)), ("indexes", map(.object(["type": .list(["string", "array"])])))], required: ["columns"]))),
                    ]))
            ),
        ], required: ["databases"]))

    private static let kinds: Value = .object(["enum": .list(Pack.Column.Kind.allCases.map { .string($0.rawValue) })])

    private static let column: Value = .object([
        "anyOf": .list([
            kinds, nested([("type", kinds), ("nullable", .object(["type": "boolean"])), ("unique", .object(["type": "boolean"])), ("references", anyText)]),
        ])
    ])

    private static let rows = document(
        "Seed rows of one table",
        object([schemaName, ("table", anyText), ("columns", list(anyText)), ("rows", list(.object(["type": "array"])))], required: ["table", "columns", "rows"]))

    // MARK: Services

    private static func service(_ registry: HandlerRegistry) -> Value {
        let steps: Value = .object(["$ref": "#/$defs/steps"])
        let route: Value = .object([
            "anyOf": .list([
                steps,
                nested(
                    [
                        ("name", text("Resource in traces.")), ("handler", text("Name of the handling function in traces.")), ("display", text("Pattern as the framework writes it.")),
                        ("before", .object(["type": "boolean"])), ("attributes", .object(["type": "object"])), ("steps", steps),
                    ], required: ["steps"]),
            ])
        ])
        let properties: [(String, Value)] = ServiceCompiler.keys.map { key in
            switch key {
            case "port": (key, .object(["type": "integer", "minimum": 1, "maximum": 65_535]))
            case "clockOffsetMilliseconds": (key, .object(["type": "integer", "minimum": -86_400_000, "maximum": 86_400_000, "description": "How far the clock of the service's machine is ahead."]))
            case "connections": (key, .object(["type": "integer", "minimum": 1, "maximum": 10_000]))
            case "rum", "reachable": (key, .object(["type": "boolean"]))
            case "json": (key, .object(["enum": .list(JSONStyle.named.keys.sorted().map { .string($0) })]))
            case "telemetry": (key, telemetry)
            case "logs": (key, logs)
            case "requestIDHeader": (key, text("Header field in which requests bring and answers carry an identifier of the request, for example X-Request-Id."))
            case "metrics": (key, map(metric))
            case "collector": (key, collector)
            case "exceptions": (key, .object(["type": "object"]))
            case "headers", "views": (key, map(anyText))
            case "indexes": (key, map(.object(["type": "boolean"])))
            case "errors": (key, map(steps))
            case "before": (key, steps)
            case "routes": (key, map(route))
            case "procedures": (key, map(nested([("takes", list(anyText)), ("steps", steps), ("gives", anything), ("note", anyText)], required: ["steps"])))
            case "deployment": (key, DeploymentSpec.schema)
            case "lifecycle": (key, nested([("started", steps), ("ended", steps)]))
            case "store":
                (
                    key,
                    nested(
                        [
                            ("service", text("The service on whose pods this one's statements run.")),
                            (
                                "timeoutMilliseconds",
                                .object(["type": "integer", "minimum": 1, "maximum": 3_600_000, "description": "How long after its beginning a request still waits for a busy store; for ever without it."])
                            ),
                        ], required: ["service"])
                )
            case "background": (key, map(nested([("everyMilliseconds", integer), ("steps", steps), ("note", anyText)], required: ["everyMilliseconds", "steps"])))
            default: (key, anyText)
            }
        }
        return document(
            "Wiring of one service",
            object(properties, required: ["routes"]) + [
                (
                    "$defs",
                    .object([
                        "steps": list(.object(["oneOf": .list(registry.handlers.flatMap(\.operations).map(step))])),
                        "companion": companion,
                    ])
                )
            ])
    }

    // MARK: Telemetry and logs of a service

    private static let flag: Value = .object(["type": "boolean"])

    private static func choice(_ names: [String]) -> Value { .object(["enum": .list(names.map { .string($0) })]) }

    private static let companions: Value = .object(["type": "array", "items": .object(["$ref": "#/$defs/companion"])])

    private static let share: Value = .object(["type": "number", "minimum": 0, "maximum": 1])

    private static let companion = nested(SpanSettings.companionKeys.map { key in
        switch key {
        case "attributes": (key, .object(["type": "object"]))
        case "companions": (key, companions)
        case "from", "to": (key, share)
        case "adopts", "error", "beside", "rows": (key, flag)
        default: (key, anyText)
        }
    })

    private static let span = nested(SpanSettings.kindKeys.map { key in
        switch key {
        case "attributes": (key, .object(["type": "object"]))
        case "companions": (key, companions)
        case "error": (key, choice(SpanSettings.errorStyles))
        default: (key, anyText)
        }
    })

    private static let telemetry: Value = {
        let conventions = choice(SpanConvention.allCases.map(\.rawValue))
        return nested(
            [("conventions", .object(["anyOf": .list([conventions, list(conventions)])])), ("models", map(anyText)), ("unmatched", anyText), ("xray", xray)]
                + SpanKindName.allCases.map { ($0.rawValue, span) })
    }()

    /// What stands below a policy's type depends on the type; the program itself says what is wrong there.
    private static let collector = nested(
        [
            (
                "processors",
                .object([
                    "type": "object", "description": "By name, as in OpenTelemetry's collector: tail_sampling or attributes, perhaps with / and a name of your own.",
                    "additionalProperties": .object(["type": "object"]),
                ])
            ),
            ("service", nested([("pipelines", map(nested([("processors", list(anyText))])))], required: ["pipelines"])),
        ], required: ["service"])

    private static let xray: Value = {
        let object: Value = .object(["type": "object"])
        let call = nested(XRayReader.callKeys.map { key in
            switch key {
            case "namespace": (key, choice(XRayReader.namespaces))
            case "lowerCaseMethod", "joinsRetries": (key, flag)
            case "aws": (key, object)
            default: (key, anyText)
            }
        })
        let rule = nested(
            XRayReader.ruleKeys.map { key in
                switch key {
                case "reservoir": (key, .object(["type": "integer", "minimum": 0, "maximum": 1_000_000]))
                case "rate": (key, share)
                default: (key, anyText)
                }
            }, required: ["name", "reservoir", "rate"])
        let settings = nested(XRayReader.keys.map { key in
            switch key {
            case "aws", "service": (key, object)
            case "contentLength", "progress", "identifiers", "statements": (key, flag)
            case "answers": (key, choice(XRayReader.answerChoices))
            case "local": (key, list(anyText))
            case "calls": (key, map(.object(["anyOf": .list([.object(["const": false]), call])])))
            case "subsegments": (key, .object(["type": "integer", "minimum": 1, "maximum": 10_000]))
            case "sampling": (key, list(rule))
            default: (key, anyText)
            }
        })
        return .object(["anyOf": .list([.object(["const": false]), settings])])
    }()

    private static let metric = nested(
        RequestMetric.keys.map { key in
            switch key {
            case "buckets": (key, list(.object(["type": "number"])))
            case "labels": (key, map(anyText))
            default: (key, anyText)
            }
        }, required: ["help"])

    private static let logs = nested(ServiceLogFormat.keys.map { key in
        switch key {
        case "formats": (key, map(.object(["anyOf": .list([anyText, nested([("line", anyText), ("plain", anyText)])])])))
        case "accessLevel": (key, choice(ServiceLogFormat.AccessLevel.allCases.map(\.rawValue)))
        case "accessAt": (key, choice(ServiceLogFormat.AccessMoment.allCases.map(\.rawValue)))
        case "filters", "aliases": (key, list(anyText))
        case "statusStyles": (key, map(anyText))
        default: (key, anyText)
        }
    })

    private static func step(_ operation: OperationDeclaration) -> Value {
        var properties: [(String, Value)] = [
            ("do", .object(["const": .string(operation.name)])), ("step", text(operation.result.isEmpty ? "Name of the step." : "Name of the result: \(operation.result).")),
            ("note", text("For readers.")),
        ]
        for option in operation.options { properties.append((option.name, describe(option))) }
        return .record(
            Record(
                [("description", .string(operation.summary))]
                    + object(properties, required: ["do"] + operation.options.filter(\.isRequired).map(\.name))))
    }

    private static func describe(_ option: OptionDeclaration) -> Value {
        var members: [(String, Value)] = [("description", .string(option.summary))]
        members += type(option.kind)
        if let standard = option.standard { members.append(("default", standard)) }
        return .record(Record(members))
    }

    private static func type(_ kind: OptionDeclaration.Kind) -> [(String, Value)] {
        switch kind {
        case .shape: []
        case .expression, .text: [("type", .list(["string", "number", "boolean"]))]
        case .sql, .loop, .service, .view, .table: [("type", "string")]
        case .steps: [("$ref", "#/$defs/steps")]
        case .integer(let range): [("type", "integer"), ("minimum", .int(range.lowerBound)), ("maximum", .int(range.upperBound))]
        case .number(let range): [("type", "number"), ("minimum", .double(range.lowerBound)), ("maximum", .double(range.upperBound))]
        case .boolean: [("type", "boolean")]
        case .choice(let choices): [("enum", .list(choices.map { .string($0) }))]
        case .map(let inner): [("type", "object"), ("additionalProperties", .record(Record(type(inner))))]
        case .names: [("type", "array"), ("items", anyText)]
        }
    }
}
