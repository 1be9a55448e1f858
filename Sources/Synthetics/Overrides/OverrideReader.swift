import Base

/// Reads `testOverrides` and `defaultTestOverrides`.
enum OverrideReader {
    static let names = [
        "allowInsecureCertificates", "basicAuth", "body", "bodyType", "cookies", "defaultStepTimeout", "deviceIds", "executionRule",
        "followRedirects", "headers", "locations", "mobileApplicationVersion", "mobileApplicationVersionFilePath", "resourceUrlSubstitutionRegexes",
        "retry", "setCookies", "startUrl", "startUrlSubstitutionRegex", "testTimeout", "variables",
    ]
    /// Of releases before 3.0: how long to wait for Datadog, which nobody waits for here.
    private static let formerNames = ["pollingTimeout"]

    static func read(_ node: JSONNode, at pointer: String, called name: String, mistakes: MistakeList) -> TestOverrides {
        var overrides = TestOverrides()
        guard let reader = ObjectReader(node, at: pointer, what: name, names: names + formerNames, mistakes: mistakes) else { return overrides }
        overrides.count = reader.node.members?.count { names.contains($0.name) && !$0.value.isNull } ?? 0
        readRequest(reader, into: &overrides)
        readBrowser(reader, into: &overrides)
        overrides.executionRule = reader.choice("executionRule", Check.ExecutionRule.self)
        if let retry = reader.object("retry", what: "\"retry\"", names: ["count", "interval"]) {
            overrides.retryCount = RetryReader.count(retry)
            overrides.retryInterval = RetryReader.interval(retry)
        }
        overrides.variables = reader.texts("variables")
        return overrides
    }

    private static func readRequest(_ reader: ObjectReader, into overrides: inout TestOverrides) {
        overrides.allowsInsecure = reader.bool("allowInsecureCertificates")
        if let credentials = reader.object("basicAuth", what: "\"basicAuth\"", names: ["password", "username"]) {
            overrides.basicAuth = TestOverrides.Credentials(
                username: credentials.string("username") ?? "", password: credentials.string("password") ?? "")
        }
        overrides.body = reader.string("body")
        overrides.bodyType = reader.string("bodyType")
        overrides.cookies = cookies(reader, "cookies")
        overrides.followsRedirects = reader.bool("followRedirects")
        overrides.headers = reader.texts("headers")
        overrides.startURL = reader.string("startUrl")
        overrides.startURLSubstitution = reader.string("startUrlSubstitutionRegex").flatMap { substitution($0, reader, "startUrlSubstitutionRegex") }
    }

    private static func readBrowser(_ reader: ObjectReader, into overrides: inout TestOverrides) {
        overrides.setCookies = cookies(reader, "setCookies")
        overrides.defaultStepTimeout = seconds(reader, "defaultStepTimeout")
        overrides.testTimeout = seconds(reader, "testTimeout")
        if reader["deviceIds"] != nil { overrides.deviceIDs = reader.strings("deviceIds") }
        if reader["locations"] != nil { _ = reader.strings("locations") }
        if reader["resourceUrlSubstitutionRegexes"] != nil {
            let name = "resourceUrlSubstitutionRegexes"
            overrides.resourceURLSubstitutions = reader.strings(name).compactMap { substitution($0, reader, name) }
        }
    }

    /// A text that replaces all cookies, or an object that may add to them.
    private static func cookies(_ reader: ObjectReader, _ name: String) -> TestOverrides.Cookies? {
        guard let node = reader[name] else { return nil }
        let title = name == "cookies" ? "Cookies" : "SetCookies"
        var found: TestOverrides.Cookies?
        if node.members == nil {
            found = reader.string(name).map { TestOverrides.Cookies(value: $0, appends: false) }
        } else if let object = reader.object(name, what: "\"\(name)\"", names: ["append", "value"]) {
            found = TestOverrides.Cookies(value: object.string("value") ?? "", appends: object.bool("append") ?? false)
        }
        if found?.value.isEmpty == true { reader.note("\(title) value cannot be empty.", at: name) }
        return found
    }

    private static func seconds(_ reader: ObjectReader, _ name: String) -> Duration? {
        reader.number(name, in: 0...86_400, unit: " seconds").map { .milliseconds(exactly: 1_000 * $0) }
    }

    private static func substitution(_ text: String, _ reader: ObjectReader, _ name: String) -> Substitution? {
        do { return try Substitution(text) } catch {
            reader.note("\"\(text)\" is no substitution: \(error.reason)", at: name)
            return nil
        }
    }
}
