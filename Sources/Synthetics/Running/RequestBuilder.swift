import Base
import HTTP

/// Makes a request that can be sent from one with `{{ NAME }}` places.
enum RequestBuilder {
    /// Redirects followed at most when a check follows them.
    static let redirectLimit = 10

    static func build(_ request: CheckRequest, _ scope: VariableScope, cookies: CookieJar) throws(CheckFailure) -> ClientRequest {
        let url = try url(request, scope)
        var headers = Headers()
        for header in request.headers { headers.add(try scope.expand(header.name), try scope.expand(header.value)) }
        if let type = request.bodyType, headers["Content-Type"] == nil { headers.add("Content-Type", type) }
        if let (username, password) = request.basicAuth {
            let pair = try scope.expand(username) + ":" + scope.expand(password)
            headers.set("Authorization", "Basic " + Base64.encode(Array(pair.utf8)))
        }
        if let kept = cookies.header(for: url) { headers.set("Cookie", [headers["Cookie"], kept].compactMap { $0 }.joined(separator: "; ")) }
        try refuseLineBreaks(headers)
        return ClientRequest(
            method: request.method, url: url, headers: headers, body: Array(try scope.expand(request.body).utf8),
            timeout: request.timeout == .zero ? nil : request.timeout, redirectLimit: request.followsRedirects ? redirectLimit : 0,
            verifiesCertificate: !request.allowsInsecure)
    }

    private static func url(_ request: CheckRequest, _ scope: VariableScope) throws(CheckFailure) -> String {
        var url = try scope.expand(request.url)
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw CheckFailure(.invalidRequest, "\"\(url)\" does not start with http:// or https://")
        }
        for (name, value) in request.query {
            url += url.contains("?") ? "&" : "?"
            url += try PercentEncoding.encode(scope.expand(name)) + "=" + PercentEncoding.encode(scope.expand(value))
        }
        return url
    }

    /// A value with a line break would forge another header.
    private static func refuseLineBreaks(_ headers: Headers) throws(CheckFailure) {
        let isForged = { (text: String) in text.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }
        if let field = headers.fields.first(where: { isForged($0.name) || isForged($0.value) }) {
            throw CheckFailure(.invalidRequest, "the header \(field.name.prefix { !$0.isNewline }) has a line break in it")
        }
    }
}
