import Base
import HTTP

/// Sends the request of an HTTP step.
struct HTTPExchange {
    private let transport: any CheckTransport
    private let request: ClientRequest
    private let persistsCookies: Bool

    private let loop: EventLoop

    /// - Parameter persistsCookies: Cookies that an answer sets are kept, and go with the requests that redirects ask for.
    init(_ request: ClientRequest, persistsCookies: Bool, transport: any CheckTransport, loop: EventLoop) {
        self.request = request
        self.persistsCookies = persistsCookies
        self.transport = transport
        self.loop = loop
    }

    /// - Throws: Why there is no answer, or not one of the version of HTTP that was asked for.
    func send(keepingCookiesIn cookies: inout CookieJar) async throws(CheckFailure) -> ClientResponse {
        let response: ClientResponse
        do {
            response = persistsCookies ? try await follow(&cookies) : try await transport.send(request)
        } catch { throw CheckFailure(error) }
        if request.version == .http2Always, response.httpVersion != "2" {
            throw CheckFailure(.malformedResponse, "the server answered in HTTP/\(response.httpVersion), not in HTTP/2 as the test asks")
        }
        return response
    }

    /// Goes from redirect to redirect by itself, because only here is known which cookies belong to which.
    private func follow(_ cookies: inout CookieJar) async throws(ClientError) -> ClientResponse {
        let own = request.headers["Cookie"]
        var hop = Hop(request)
        while true {
            var single = hop.request
            single.redirectLimit = 0
            let response = try await transport.send(single)
            cookies.store(response.headers, from: single.url, at: loop.now)
            guard request.redirectLimit > 0, let location = Self.redirect(response, from: single.url) else { return hop.finish(response) }
            try hop.follow(response, to: location)
            let isSameHost = URLParts(location)?.host == URLParts(request.url)?.host
            hop.setCookies(cookies.header(for: location, own: isSameHost ? own : nil, keptOnesWin: true))
        }
    }

    private static func redirect(_ response: ClientResponse, from url: String) -> String? {
        guard (300..<400).contains(response.status), response.status != 304, let location = response.headers["Location"] else { return nil }
        return URLParts.resolve(location, from: url)
    }
}
