import Base

/// Reads what a browser test has beyond the envelope: start URL, settings, variables, steps.
struct BrowserTestReader {
    private let definition: ObjectReader
    private let config: ObjectReader

    private static let names = ["assertions", "configVariables", "request", "setCookie", "variables", "variablesFromScript"]

    /// Nil, with the mistake noted, when there is no configuration.
    init?(_ definition: ObjectReader) {
        guard let config = definition.object("config", what: "\"config\"", names: Self.names, unknown: .refusedWhenNear) else {
            if definition["config"] == nil { definition.missing("config") }
            return nil
        }
        self.definition = definition
        self.config = config
    }

    /// Why the check cannot run here, or what makes it a browser check; nil when mistakes were noted.
    enum Outcome {
        case unavailable(String)
        case runnable(BrowserSettings, [CheckStep], [ConfigVariable])
    }

    func outcome(_ options: OptionsReader) -> Outcome? {
        let steps = BrowserStepsReader(definition).steps()
        let (variables, reasons) = variables()
        let settings = settings(options)
        if let script = config.string("variablesFromScript"), !script.isEmpty {
            config.note("scripts are not run here; give the variables in \"variables\"", at: "variablesFromScript")
        }
        let all = reasons + steps.reasons
        if !all.isEmpty { return .unavailable(all.joined(separator: "; ")) }
        return settings.map { .runnable($0, steps.steps, variables) }
    }

    private func settings(_ options: OptionsReader) -> BrowserSettings? {
        guard let node = config["request"] else { config.missing("request", ": its \"url\" is where the check begins"); return nil }
        let reader = RequestReader(node, at: config.path("request"), options: options, mistakes: config.mistakes)
        guard let request = reader.request() else { return nil }
        var settings = BrowserSettings(startURL: request.url)
        settings.headers = request.headers
        settings.basicAuth = request.basicAuth
        settings.allowsInsecure = request.allowsInsecure
        settings.cookies = CookieLine.lines(config.string("setCookie") ?? "")
        BrowserOptionsReader(definition).apply(to: &settings)
        return settings
    }

    private func variables() -> (variables: [ConfigVariable], reasons: [String]) {
        var variables: [ConfigVariable] = []
        var reasons: [String] = []
        for member in ["configVariables", "variables"] {
            for (index, node) in config.list(member).enumerated() {
                guard let (name, type, variable) = BrowserVariableReader.read(node, at: "\(config.path(member))/\(index)", mistakes: config.mistakes)
                else { continue }
                if let variable { variables.append(variable) }
                if type == .email { reasons.append("the variable \(name) needs an inbox at Datadog") }
                if type == .element { reasons.append("the variable \(name) stands for an element, not for a text") }
            }
        }
        return (variables, reasons)
    }
}

/// Reads one of `config.variables`.
enum BrowserVariableReader {
    enum Kind: String, CaseIterable { case text, global, email, element }

    static func read(_ node: JSONNode, at pointer: String, mistakes: MistakeList) -> (name: String, kind: Kind, variable: ConfigVariable?)? {
        let names = ["example", "id", "name", "parseOptions", "pattern", "secure", "type"]
        guard let reader = ObjectReader(node, at: pointer, what: "a variable", names: names, unknown: .refusedWhenNear, mistakes: mistakes) else {
            return nil
        }
        let name = reader.requiredString("name")
        let kind = reader["type"] == nil ? .text : reader.choice("type", Kind.self)
        guard let kind, !name.isEmpty else { return nil }
        // A global variable's value is at Datadog; the name must come from the user, and a run without it says so.
        guard kind == .text else { return (name, kind, nil) }
        guard let pattern = reader.string("pattern") ?? reader.string("example") else {
            reader.missing("pattern", " (or \"example\")")
            return nil
        }
        return (name, kind, ConfigVariable(name: name, pattern: pattern, isSecure: reader.bool("secure") ?? false))
    }
}
