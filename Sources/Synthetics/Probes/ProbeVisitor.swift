import Base
import HTTP

/// Sends a probe's requests as one visitor, who keeps cookies and values from one step to the next.
public struct ProbeVisitor: Sendable {
    private let transport: any CheckTransport
    private var scope: VariableScope
    private var cookies = CookieJar()

    /// - Throws: When a variable's pattern names something that has no value.
    public init(_ transport: any CheckTransport, sources: VariableSources, variables: [ConfigVariable], seed: UInt64) throws(CheckFailure) {
        self.transport = transport
        var random = SeededRandom(seed: seed)
        scope = try VariableScope(sources, check: variables, random: &random)
    }

    /// A shop must not be able to tell a probe from a visitor.
    private static let userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

    /// Fills in all `{{ NAME }}` places.
    public func expand(_ text: String) throws(CheckFailure) -> String { try scope.expand(text) }

    /// - Throws: Why the request could not be made, or why no answer came.
    public mutating func send(_ template: CheckRequest) async throws(CheckFailure) -> ClientResponse {
        var request = try RequestBuilder.build(template, scope, cookies: cookies)
        if request.headers["User-Agent"] == nil { request.headers.add("User-Agent", Self.userAgent) }
        let response: ClientResponse
        do { response = try await transport.send(request) } catch { throw CheckFailure(error) }
        if template.persistsCookies { cookies.store(response.headers, from: request.url) }
        return response
    }

    /// - Throws: `MALFORMED_RESPONSE` when the answer does not hold one of the values.
    public mutating func keep(_ extractions: [Extraction], of response: ClientResponse) throws(CheckFailure) {
        for extraction in extractions { scope.set(extraction.name, try Extractor.value(extraction, from: response), isSecret: false) }
    }
}
