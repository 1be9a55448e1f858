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

    /// Nil when mistakes were noted.
    func settings(_ options: OptionsReader) -> BrowserSettings? {
        if let script = config.string("variablesFromScript"), !script.isEmpty {
            config.obstacle("it defines variables by JavaScript, which cannot be run here")
        }
        guard let node = config["request"] else { config.missing("request", ": its \"url\" is where the check begins"); return nil }
        let reader = RequestReader(node, at: config.path("request"), options: options, mistakes: config.mistakes)
        guard let request = reader?.request() else { return nil }
        var settings = BrowserSettings(startURL: request.url)
        settings.headers = request.headers
        settings.basicAuth = request.authentication.map { ($0.username, $0.password) }
        settings.allowsInsecure = request.allowsInsecure
        settings.cookies = CookieLine.lines(config.string("setCookie") ?? "")
        BrowserOptionsReader(definition).apply(to: &settings)
        return settings
    }

    /// The first one opens the start URL.
    func steps() -> [CheckStep] { BrowserStepsReader(definition).steps() }

    func variables() -> [ConfigVariable] {
        ["configVariables", "variables"].flatMap { member in
            config.list(member).enumerated().compactMap { index, node in
                BrowserVariableReader.read(node, at: "\(config.path(member))/\(index)", mistakes: config.mistakes)
            }
        }
    }
}

/// Reads one of `config.variables`.
enum BrowserVariableReader {
    enum Kind: String, CaseIterable { case text, global, email, element }

    static func read(_ node: JSONNode, at pointer: String, mistakes: MistakeList) -> ConfigVariable? {
        let names = ["example", "id", "name", "parseOptions", "pattern", "secure", "type"]
        guard let reader = ObjectReader(node, at: pointer, what: "a variable", names: names, unknown: .refusedWhenNear, mistakes: mistakes) else {
            return nil
        }
        let name = reader.requiredString("name")
        let kind = reader["type"] == nil ? .text : reader.choice("type", Kind.self)
        guard let kind, !name.isEmpty else { return nil }
        let isSecure = reader.bool("secure") ?? false
        switch kind {
        case .email: reader.obstacle("the variable \(name) needs an inbox at Datadog")
        case .element: reader.obstacle("the variable \(name) stands for an element, not for a text")
        // Its value is at Datadog; it must come from the user, and a run without it says so.
        case .global: return ConfigVariable(name: name, kind: .global, pattern: nil, isSecure: isSecure)
        case .text:
            let pattern = reader.string("pattern") ?? reader.string("example")
            // That of a secure one is hidden when the test is exported.
            if pattern == nil, !isSecure { reader.missing("pattern", " (or \"example\")"); return nil }
            return ConfigVariable(name: name, pattern: pattern, isSecure: isSecure)
        }
        return nil
    }
}
