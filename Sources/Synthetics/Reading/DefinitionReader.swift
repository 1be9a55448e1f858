import Base

/// Reads one test definition (Datadog's API-test and browser-test JSON).
struct DefinitionReader {
    private let mistakes: MistakeList

    init(_ mistakes: MistakeList) { self.mistakes = mistakes }

    private static let envelope = [
        "$schema", "config", "created_at", "creator", "locations", "message", "modified_at", "monitor_id", "name", "options", "public_id", "status",
        "steps", "subtype", "tags", "type",
    ]
    private static let types = ["api", "browser", "mobile", "network"]
    private static let subtypes = ["dns", "grpc", "http", "icmp", "multi", "ssl", "tcp", "udp", "websocket"]
    private static let runnable = ["dns", "http", "multi", "ssl", "tcp"]

    func entry(_ node: JSONNode, at pointer: String) -> CheckEntry? {
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "a test definition", names: Self.envelope, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        _ = mistakes.takeObstacles()
        let heading = Heading(reader)
        guard let kind = kind(reader) else { return nil }
        if let reason = kind.reasonNotRun { return .unavailable(heading.unavailable(because: reason)) }
        guard let check = check(reader, heading, kind) else { return nil }
        if let reason = mistakes.takeObstacles() { return .unavailable(heading.unavailable(because: reason)) }
        return .check(check)
    }

    private func check(_ reader: ObjectReader, _ heading: Heading, _ kind: Kind) -> Check? {
        if kind.type == "browser" { return browserCheck(reader, heading) }
        guard let config = config(reader) else { return nil }
        let options = OptionsReader(reader)
        let steps = StepsReader(config, options)
        let read = kind.subtype == "multi" ? steps.steps() : [steps.single(named: heading.name, subtype: kind.subtype)]
        return Check(
            publicID: heading.publicID, monitorID: reader["monitor_id"]?.value.integer, name: heading.name,
            message: reader.string("message"), tags: heading.tags, locations: reader.strings("locations"),
            status: reader.choice("status", Check.Status.self), type: kind.type, subtype: kind.subtype, steps: read.compactMap { $0 },
            variables: VariablesReader(config).variables(), retry: options.retry, executionRule: options.executionRule ?? .blocking,
            ownExecutionRule: options.executionRule, location: reader.node.location)
    }

    private func browserCheck(_ reader: ObjectReader, _ heading: Heading) -> Check? {
        let options = OptionsReader(reader)
        guard let test = BrowserTestReader(reader) else { return nil }
        let (variables, steps) = (test.variables(), test.steps())
        guard let settings = test.settings(options) else { return nil }
        return Check(
            publicID: heading.publicID, monitorID: reader["monitor_id"]?.value.integer, name: heading.name,
            message: reader.string("message"), tags: heading.tags, locations: reader.strings("locations"),
            status: reader.choice("status", Check.Status.self), type: "browser", subtype: "", steps: steps, variables: variables,
            retry: options.retry, executionRule: options.executionRule ?? .blocking, ownExecutionRule: options.executionRule,
            location: reader.node.location, browser: settings)
    }

    /// What tells a test from others, whether it can be run here or not.
    private struct Heading {
        let publicID: String?
        let name: String
        let tags: [String]
        private let file: String

        init(_ reader: ObjectReader) {
            name = reader.requiredString("name")
            publicID = reader.string("public_id").flatMap { PublicID.find(in: $0) }
            tags = reader.strings("tags")
            file = reader.node.location.file
        }

        func unavailable(because reason: String) -> CheckEntry.Unavailable {
            CheckEntry.Unavailable(publicID: publicID, name: name, tags: tags, file: file, reason: reason)
        }
    }

    private struct Kind: Equatable {
        var type: String
        var subtype: String

        /// Goes on after "because"; nil for what can be run here.
        var reasonNotRun: String? {
            if type == "browser" { return nil }
            if type != "api" { return "\(type) tests are not run here" }
            return DefinitionReader.runnable.contains(subtype) ? nil : "\(subtype) tests are not run here"
        }
    }

    private func kind(_ reader: ObjectReader) -> Kind? {
        let type = reader.requiredString("type")
        if type.isEmpty { return nil }
        guard Self.types.contains(type) else {
            reader.note("\"type\" is \"\(type)\"\(suggestion(for: type, among: Self.types))", at: "type")
            return nil
        }
        guard type == "api" else { return Kind(type: type, subtype: "") }
        let subtype = reader.string("subtype") ?? "http"
        if Self.subtypes.contains(subtype) { return Kind(type: type, subtype: subtype) }
        reader.note("\"subtype\" is \"\(subtype)\"\(suggestion(for: subtype, among: Self.subtypes))", at: "subtype")
        return nil
    }

    private func config(_ reader: ObjectReader) -> ObjectReader? {
        let names = ["assertions", "configVariables", "request", "steps", "variables", "variablesFromScript"]
        guard let config = reader.object("config", what: "\"config\"", names: names, unknown: .refusedWhenNear) else {
            if reader["config"] == nil { reader.missing("config") }
            return nil
        }
        if let script = config.string("variablesFromScript"), !script.isEmpty {
            config.obstacle("it defines variables by JavaScript, which cannot be run here")
        }
        return config
    }
}
