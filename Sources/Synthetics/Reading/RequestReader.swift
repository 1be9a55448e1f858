import Base

/// Reads `request`.
struct RequestReader {
    private let node: JSONNode
    private let pointer: String
    private let options: OptionsReader
    private let mistakes: MistakeList

    /// Longest wait for an answer that Datadog allows an API test, and the default.
    private static let longestTimeoutSeconds = 60.0

    private static let names = [
        "allow_insecure", "basicAuth", "body", "bodyType", "certificate", "files", "follow_redirects", "form", "headers", "httpVersion", "method",
        "noSavingResponseBody", "persistCookies", "proxy", "query", "timeout", "url",
    ]

    init(_ node: JSONNode, at pointer: String, options: OptionsReader, mistakes: MistakeList) {
        self.node = node
        self.pointer = pointer
        self.options = options
        self.mistakes = mistakes
    }

    func request() -> CheckRequest? {
        guard
            let reader = ObjectReader(node, at: pointer, what: "a request", names: Self.names, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        for name in ["certificate", "files", "form", "proxy"] where reader[name] != nil {
            reader.note("\"\(name)\" is not supported here", at: name)
        }
        return CheckRequest(
            method: method(reader), url: url(reader), headers: reader.texts("headers"), query: reader.texts("query"),
            body: reader.string("body") ?? "", bodyType: reader.string("bodyType"), basicAuth: BasicAuthReader.read(reader),
            timeout: .milliseconds(
                exactly: 1_000 * (reader.number("timeout", in: 0...Self.longestTimeoutSeconds, unit: " seconds") ?? Self.longestTimeoutSeconds)),
            followsRedirects: reader.bool("follow_redirects") ?? options.followsRedirects,
            allowsInsecure: reader.bool("allow_insecure") ?? options.allowsInsecure,
            persistsCookies: reader.bool("persistCookies") ?? false)
    }

    private func method(_ reader: ObjectReader) -> String {
        guard let method = reader.string("method") else { return "GET" }
        let known = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
        if !known.contains(method) { reader.note("\"method\" is \"\(method)\"\(suggestion(for: method, among: known))", at: "method") }
        return method
    }

    private func url(_ reader: ObjectReader) -> String {
        let url = reader.requiredString("url")
        if !url.isEmpty, !url.hasPrefix("http://"), !url.hasPrefix("https://"), !url.hasPrefix("{{") {
            reader.note("\"url\" must start with http://, https:// or a variable such as {{ FRONTEND_URL }}", at: "url")
        }
        return url
    }
}
