import Base

/// Reads one test definition (Datadog's API-test and browser-test JSON).
struct DefinitionReader {
    private let mistakes: MistakeList

    init(_ mistakes: MistakeList) { self.mistakes = mistakes }

    private static let envelope = [
        "$schema", "config", "created_at", "creator", "locations", "message", "modified_at", "monitor_id", "name", "options", "public_id", "status",
        "steps", "subtype", "tags", "type",
    ]
    private static let subtypes = ["dns", "grpc", "http", "icmp", "multi", "ssl", "tcp", "udp", "websocket"]

    private enum Status: String, CaseIterable { case live, paused }

    func entry(_ node: JSONNode, at pointer: String) -> CheckEntry? {
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "a test definition", names: Self.envelope, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        let name = reader.requiredString("name")
        let id = reader.string("public_id").flatMap { TestEntryReader.publicID(in: $0) }
        let tags = reader.strings("tags")
        let status = reader.choice("status", Status.self) ?? .live
        guard let kind = kind(reader) else { return nil }
        if let reason = kind.reasonNotRun {
            return .unavailable(CheckEntry.Unavailable(publicID: id, name: name, tags: tags, file: node.location.file, reason: reason))
        }
        if kind == .browser { return browser(reader, name, id, tags, status) }
        guard let config = config(reader) else { return nil }
        let options = OptionsReader(reader)
        let steps = kind == .multi ? StepsReader(config, options).steps() : [StepsReader(config, options).single(named: name)]
        return .check(
            Check(
                publicID: id, name: name, message: reader.string("message") ?? "", tags: tags, isPaused: status == .paused,
                isMultistep: kind == .multi, steps: steps.compactMap { $0 }, variables: variables(config), retry: options.retry,
                executionRule: options.executionRule, location: node.location))
    }

    private func browser(_ reader: ObjectReader, _ name: String, _ id: String?, _ tags: [String], _ status: Status) -> CheckEntry? {
        let options = OptionsReader(reader)
        switch BrowserTestReader(reader)?.outcome(options) {
        case nil: return nil
        case .unavailable(let reason)?:
            return .unavailable(CheckEntry.Unavailable(publicID: id, name: name, tags: tags, file: reader.node.location.file, reason: reason))
        case .runnable(let settings, let steps, let variables)?:
            return .check(
                Check(
                    publicID: id, name: name, message: reader.string("message") ?? "", tags: tags, isPaused: status == .paused, isMultistep: true,
                    steps: steps, variables: variables, retry: options.retry, executionRule: options.executionRule,
                    location: reader.node.location, browser: settings))
        }
    }

    private enum Kind: Equatable {
        case http, multi, browser, other(String)

        var reasonNotRun: String? {
            if case .other(let what) = self { "\(what) tests are not run here, only browser tests and API tests of subtype \"http\" and \"multi\"" } else { nil }
        }
    }

    private func kind(_ reader: ObjectReader) -> Kind? {
        switch reader.requiredString("type") {
        case "": return nil
        case "api": break
        case "browser": return .browser
        case "mobile": return .other("mobile")
        case let other:
            reader.note("\"type\" is \"\(other)\"\(suggestion(for: other, among: ["api", "browser", "mobile"]))", at: "type")
            return nil
        }
        switch reader.string("subtype") ?? "http" {
        case "http": return .http
        case "multi": return .multi
        case let other where Self.subtypes.contains(other): return .other(other)
        case let other:
            reader.note("\"subtype\" is \"\(other)\"\(suggestion(for: other, among: Self.subtypes))", at: "subtype")
            return nil
        }
    }

    private func config(_ reader: ObjectReader) -> ObjectReader? {
        let names = ["assertions", "configVariables", "request", "steps", "variables", "variablesFromScript"]
        guard let config = reader.object("config", what: "\"config\"", names: names, unknown: .refusedWhenNear) else {
            if reader["config"] == nil { reader.missing("config") }
            return nil
        }
        if let script = config.string("variablesFromScript"), !script.isEmpty {
            config.note("scripts are not run here; give the variables in \"configVariables\"", at: "variablesFromScript")
        }
        return config
    }

    private func variables(_ config: ObjectReader) -> [ConfigVariable] {
        config.list("configVariables").enumerated().compactMap { index, node in
            let names = ["example", "id", "name", "parseOptions", "pattern", "secure", "type"]
            let pointer = "\(config.path("configVariables"))/\(index)"
            guard let reader = ObjectReader(node, at: pointer, what: "a variable", names: names, mistakes: mistakes) else { return nil }
            let name = reader.requiredString("name")
            let type = reader.string("type") ?? "text"
            // A global variable's value is at Datadog; the name must come from the user, and a run without it says so.
            if type == "global" { return nil }
            if type != "text" { reader.note("\"type\" is \"\(type)\"\(suggestion(for: type, among: ["global", "text"]))", at: "type") }
            guard let pattern = reader.string("pattern") ?? reader.string("example") else {
                reader.missing("pattern", " (or \"example\")")
                return nil
            }
            return ConfigVariable(name: name, pattern: pattern, isSecure: reader.bool("secure") ?? false)
        }
    }
}
