import Base
import HTTP

/// Reads `request` of an HTTP test or step.
struct RequestReader {
    private let reader: ObjectReader
    private let options: OptionsReader

    private static let names = [
        "allow_insecure", "basicAuth", "body", "bodyType", "certificate", "certificateDomains", "files", "follow_redirects", "form", "headers",
        "httpVersion", "method", "noSavingResponseBody", "persistCookies", "proxy", "query", "timeout", "url",
    ]

    init?(_ node: JSONNode, at pointer: String, options: OptionsReader, mistakes: MistakeList) {
        guard
            let reader = ObjectReader(node, at: pointer, what: "a request", names: Self.names, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        self.reader = reader
        self.options = options
    }

    func request() -> CheckRequest {
        let bodyType = BodyReader.type(reader)
        return CheckRequest(
            method: method, url: url, headers: reader.texts("headers"), query: reader.texts("query"),
            body: BodyReader(reader, type: bodyType).body(), bodyType: bodyType?.header, authentication: CredentialsReader(reader).authentication(),
            certificate: CredentialsReader(reader).certificate(), proxy: proxy(),
            version: reader.choice("httpVersion", HTTPVersionChoice.self) ?? options.version, timeout: Self.timeout(reader),
            followsRedirects: reader.bool("follow_redirects") ?? options.followsRedirects,
            allowsInsecure: reader.bool("allow_insecure") ?? options.allowsInsecure,
            persistsCookies: reader.bool("persistCookies") ?? false, savesBody: !(reader.bool("noSavingResponseBody") ?? false))
    }

    private var method: String {
        guard let method = reader.string("method") else { return "GET" }
        let known = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
        if !known.contains(method) { reader.note("\"method\" is \"\(method)\"\(suggestion(for: method, among: known))", at: "method") }
        return method
    }

    private var url: String {
        let url = reader.requiredString("url")
        if !url.isEmpty, !url.hasPrefix("http://"), !url.hasPrefix("https://"), !url.hasPrefix("{{") {
            reader.note("\"url\" must start with http://, https:// or a variable such as {{ FRONTEND_URL }}", at: "url")
        }
        return url
    }

    private func proxy() -> CheckRequest.Proxy? {
        guard let proxy = reader.object("proxy", what: "\"proxy\"", names: ["headers", "url"], unknown: .refusedWhenNear) else { return nil }
        return CheckRequest.Proxy(url: proxy.requiredString("url"), headers: proxy.texts("headers"))
    }

    /// Longest wait for an answer that Datadog allows an API test, and the default.
    private static let longestTimeoutSeconds = 60.0

    /// - Returns: The limit; zero in a definition stands for the default, as in Terraform's exports.
    static func timeout(_ reader: ObjectReader) -> Duration {
        let seconds = reader.number("timeout", in: 0...longestTimeoutSeconds, unit: " seconds") ?? 0
        return .milliseconds(exactly: 1_000 * (seconds == 0 ? longestTimeoutSeconds : seconds))
    }
}
