import Base
import HTTP

/// Makes a request that can be sent from one with `{{ NAME }}` places.
struct RequestBuilder {
    private let request: CheckRequest
    private let scope: VariableScope

    /// Redirects followed at most when a check follows them.
    static let redirectLimit = 10

    init(_ request: CheckRequest, _ scope: VariableScope) {
        self.request = request
        self.scope = scope
    }

    /// - Parameter boundary: Of a multipart body.
    func build(cookies: CookieJar, boundary: String) throws(CheckFailure) -> ClientRequest {
        let url = try url()
        var headers = Headers()
        for header in request.headers { headers.add(try scope.expand(header.name), try scope.expand(header.value)) }
        let (body, type) = try BodyBuilder(request, scope).build(boundary: boundary)
        if let type, headers["Content-Type"] == nil { headers.add("Content-Type", type) }
        if let authentication = request.authentication, authentication.scheme == .web {
            let pair = try scope.expand(authentication.username) + ":" + scope.expand(authentication.password)
            headers.set("Authorization", "Basic " + Base64.encode(Array(pair.utf8)))
        }
        if let all = cookies.header(for: url, own: headers["Cookie"]) { headers.set("Cookie", all) }
        try refuseLineBreaks(headers)
        var built = ClientRequest(
            method: request.method, url: url, headers: headers, body: body, timeout: request.timeout,
            redirectLimit: request.followsRedirects ? Self.redirectLimit : 0, verifiesCertificate: !request.allowsInsecure)
        built.decodesBody = true
        built.version = Self.version(request.version)
        built.certificate = try request.certificate.map(expand)
        built.authentication = try authentication()
        built.proxy = try proxy()
        return built
    }

    private static func version(_ choice: HTTPVersionChoice) -> ClientRequest.Version? {
        switch choice {
        case .any: nil
        case .http1: .http1_1
        case .http2: .http2Always
        }
    }

    private func url() throws(CheckFailure) -> String {
        let url = try StartURL.filled(request.url, request.startURL, request.urlSubstitution, scope)
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw CheckFailure(.invalidRequest, "\"\(url)\" does not start with http:// or https://")
        }
        return try addQuery(to: url)
    }

    /// Before a fragment, which is never sent.
    private func addQuery(to url: String) throws(CheckFailure) -> String {
        if request.query.isEmpty { return url }
        let fragment = url.firstIndex(of: "#").map { url[$0...] } ?? ""
        var url = String(url.dropLast(fragment.count))
        for pair in request.query {
            url += url.contains("?") ? "&" : "?"
            url += try PercentEncoding.encode(scope.expand(pair.name)) + "=" + PercentEncoding.encode(scope.expand(pair.value))
        }
        return url + fragment
    }

    private func authentication() throws(CheckFailure) -> ClientAuthentication? {
        guard let authentication = request.authentication, authentication.scheme != .web else { return nil }
        return ClientAuthentication(
            authentication.scheme == .digest ? .digest : .ntlm, username: try scope.expand(authentication.username),
            password: try scope.expand(authentication.password))
    }

    private func expand(_ certificate: CheckRequest.Certificate) throws(CheckFailure) -> ClientCertificate {
        ClientCertificate(certificate: try scope.expand(certificate.certificate), key: try scope.expand(certificate.key))
    }

    private func proxy() throws(CheckFailure) -> ClientProxy? {
        guard let proxy = request.proxy else { return nil }
        var headers = Headers()
        for header in proxy.headers { headers.add(try scope.expand(header.name), try scope.expand(header.value)) }
        try refuseLineBreaks(headers)
        return ClientProxy(url: try scope.expand(proxy.url), headers: headers)
    }

    /// A value with a line break would forge another header.
    private func refuseLineBreaks(_ headers: Headers) throws(CheckFailure) {
        let isForged = { (text: String) in text.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }
        if let field = headers.fields.first(where: { isForged($0.name) || isForged($0.value) }) {
            throw CheckFailure(.invalidCharacterInHeader, "the header \(field.name.prefix { !$0.isNewline }) has a line break in it")
        }
    }
}
