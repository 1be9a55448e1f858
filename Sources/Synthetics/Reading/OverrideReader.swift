import Base

/// Reads `testOverrides` and changes a check accordingly.
struct OverrideReader {
    private let reader: ObjectReader

    private static let applied = [
        "allowInsecureCertificates", "basicAuth", "body", "bodyType", "cookies", "executionRule", "followRedirects", "headers", "retry", "startUrl",
        "variables",
    ]
    /// They choose places, devices and time limits of other kinds of test; only browser checks take some of them (`BrowserOverrideReader`).
    private static let withoutEffect = [
        "defaultStepTimeout", "deviceIds", "locations", "mobileApplicationVersion", "mobileApplicationVersionFilePath",
        "resourceUrlSubstitutionRegexes", "setCookies", "testTimeout",
    ]

    init?(_ entry: ObjectReader) {
        guard let reader = entry.object("testOverrides", what: "\"testOverrides\"", names: Self.applied + Self.withoutEffect) else { return nil }
        self.reader = reader
    }

    func apply(to check: inout Check) {
        if let rule = reader.choice("executionRule", Check.ExecutionRule.self) { check.executionRule = check.executionRule.weaker(rule) }
        if reader["retry"] != nil { check.retry = RetryReader.read(reader) }
        for (name, value) in reader.texts("variables") {
            check.variables.removeAll { $0.name == name }
            check.variables.append(ConfigVariable(name: name, pattern: value))
        }
        if check.browser != nil {
            BrowserOverrideReader(reader).apply(to: &check.browser!)
            return
        }
        let change = requestChange()
        for index in check.steps.indices {
            guard case .http(var request, let assertions, let extractions) = check.steps[index].action else { continue }
            change(&request)
            check.steps[index].action = .http(request, assertions, extractions)
        }
    }

    private func requestChange() -> (inout CheckRequest) -> Void {
        let startURL = reader.string("startUrl")
        let body = reader.string("body")
        let bodyType = reader.string("bodyType")
        let cookies = reader.string("cookies")
        let headers = reader.texts("headers")
        let follows = reader.bool("followRedirects")
        let insecure = reader.bool("allowInsecureCertificates")
        let basicAuth = BasicAuthReader.read(reader)
        return { request in
            if let startURL { request.url = startURL }
            if let body { request.body = body }
            if let bodyType { request.bodyType = bodyType }
            if let follows { request.followsRedirects = follows }
            if let insecure { request.allowsInsecure = insecure }
            if let basicAuth { request.basicAuth = basicAuth }
            for header in headers + (cookies.map { [("Cookie", $0)] } ?? []) {
                request.headers.removeAll { $0.name.equalsIgnoringCase(header.name) }
                request.headers.append(header)
            }
        }
    }
}

extension Check.ExecutionRule {
    /// Of two rules the one that matters less for the run holds, as in datadog-ci.
    func weaker(_ other: Self) -> Self {
        if self == .skipped || other == .skipped { return .skipped }
        return self == .nonBlocking || other == .nonBlocking ? .nonBlocking : .blocking
    }
}

/// Reads `retry` of options, steps and overrides.
enum RetryReader {
    static func read(_ parent: ObjectReader) -> RetryRule {
        guard let reader = parent.object("retry", what: "\"retry\"", names: ["count", "interval"]) else { return RetryRule() }
        return RetryRule(
            count: reader.wholeNumber("count", in: 0...5) ?? 0,
            interval: .milliseconds(exactly: reader.number("interval", in: 0...5_000, unit: " milliseconds") ?? 300))
    }
}

/// Reads `basicAuth`.
enum BasicAuthReader {
    static func read(_ parent: ObjectReader) -> (username: String, password: String)? {
        guard let reader = parent.object("basicAuth", what: "\"basicAuth\"", names: ["type", "username", "password"]) else { return nil }
        if let type = reader.string("type"), type != "web" { reader.note("authentication \"\(type)\" is not supported; known: \"web\"", at: "type") }
        return (reader.string("username") ?? "", reader.string("password") ?? "")
    }
}
