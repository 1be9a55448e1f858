import Base

/// Reads `DATADOG_SYNTHETICS_OVERRIDE_...` variables into the object that a configuration file would hold.
///
/// As in datadog-ci, a value of the wrong kind is as if the variable were not set.
struct EnvironmentOverrides {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    private subscript(_ name: String) -> String? { environment["DATADOG_SYNTHETICS_OVERRIDE_" + name] }

    func read() -> JSONNode {
        var node = OverrideNode.empty
        func add(_ name: String, _ content: JSONNode.Content?) {
            if let content { node = node.merging(OverrideNode.object(name, content)) }
        }
        add("allowInsecureCertificates", flag("ALLOW_INSECURE_CERTIFICATES"))
        add("followRedirects", flag("FOLLOW_REDIRECTS"))
        add("body", text("BODY"))
        add("bodyType", text("BODY_TYPE"))
        add("startUrl", text("START_URL"))
        add("startUrlSubstitutionRegex", text("START_URL_SUBSTITUTION_REGEX"))
        add("defaultStepTimeout", number("DEFAULT_STEP_TIMEOUT"))
        add("testTimeout", number("TEST_TIMEOUT"))
        // The second name is of releases before 3.0.
        add("locations", environment["DATADOG_SYNTHETICS_LOCATIONS"].map { OverrideNode.list($0) })
        for (key, name) in [("deviceIds", "DEVICE_IDS"), ("locations", "LOCATIONS"), ("resourceUrlSubstitutionRegexes", "RESOURCE_URL_SUBSTITUTION_REGEXES")] {
            add(key, self[name].map { OverrideNode.list($0) })
        }
        add("executionRule", self["EXECUTION_RULE"].flatMap { Check.ExecutionRule(rawValue: $0.lowercased()) }.map { .string($0.rawValue) })
        for (key, name) in [("retry", "RETRY_"), ("basicAuth", "BASIC_AUTH_")] { add(key, parts(key, name)) }
        for (key, name) in [("cookies", "COOKIES"), ("setCookies", "SET_COOKIES")] { add(key, cookies(name)) }
        add("headers", map("HEADERS"))
        add("variables", map("VARIABLES"))
        return node
    }

    private func text(_ name: String) -> JSONNode.Content? { self[name].map { .string($0) } }

    private func flag(_ name: String) -> JSONNode.Content? { self[name].flatMap(Flag.read).map { .bool($0) } }

    private func number(_ name: String) -> JSONNode.Content? {
        guard let number = self[name].flatMap({ Double($0) }), number.isFinite else { return nil }
        return Int(exactly: number).map { .int($0) } ?? .double(number)
    }

    private func parts(_ key: String, _ prefix: String) -> JSONNode.Content? {
        let parts = key == "retry" ? [("count", "COUNT"), ("interval", "INTERVAL")] : [("username", "USERNAME"), ("password", "PASSWORD")]
        return join(parts.compactMap { part, name in (key == "retry" ? number(prefix + name) : text(prefix + name)).map { (part, $0) } })
    }

    private func cookies(_ name: String) -> JSONNode.Content? {
        join([("value", text(name)), ("append", flag(name + "_APPEND"))].compactMap { part, content in content.map { (part, $0) } })
    }

    private func join(_ parts: [(String, JSONNode.Content)]) -> JSONNode.Content? {
        if parts.isEmpty { return nil }
        return parts.reduce(OverrideNode.empty) { $0.merging(OverrideNode.object($1.0, $1.1)) }.content
    }

    /// A JSON object of texts, with single quotes allowed instead of double ones.
    private func map(_ name: String) -> JSONNode.Content? {
        guard let text = self[name], let node = try? JSONNode.parse(text.replacing("'", with: "\"").utf8, file: name),
            let members = node.members, members.allSatisfy({ $0.value.string != nil })
        else { return nil }
        return node.content
    }
}
