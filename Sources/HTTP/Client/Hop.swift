import Base

/// Follows redirects: what the next request is, and how the times of all requests add up.
///
/// libcurl could follow by itself, but then the phases of all requests are mixed; here the phases are those of the last one, and `redirect`
/// is the time of all before it.
public struct Hop {
    public private(set) var request: ClientRequest
    private let limit: Int
    private let timeout: Duration?
    private var count = 0
    private var elapsed = Duration.zero

    public init(_ request: ClientRequest) {
        self.request = request
        limit = request.redirectLimit
        timeout = request.timeout
    }

    /// Turns `request` into the one that a redirect asks for (RFC 9110 §15.4).
    public mutating func follow(_ response: ClientResponse, to location: String) throws(ClientError) {
        guard count < limit else { throw .tooManyRedirects }
        count += 1
        elapsed += response.timings.total
        if let timeout {
            guard timeout > elapsed else { throw .timedOut(after: timeout) }
            request.timeout = timeout - elapsed
        }
        changeMethod(after: response.status)
        if Self.origin(location) != Self.origin(request.url) {
            // Credentials are for the host that they were meant for.
            for name in ["Authorization", "Cookie", "Host"] { request.headers.remove(name) }
            (request.authentication, request.certificate) = (nil, nil)
        }
        request.url = location
    }

    /// Cookies of the next request, for callers that keep them; nil sends none.
    public mutating func setCookies(_ value: String?) {
        if let value { request.headers.set("Cookie", value) } else { request.headers.remove("Cookie") }
    }

    /// 303 asks for GET; after 301 and 302 every browser turns POST into GET; 307 and 308 change nothing.
    private mutating func changeMethod(after status: Int) {
        let becomesGet = (status == 303 && request.method != "HEAD") || ([301, 302].contains(status) && request.method == "POST")
        guard becomesGet else { return }
        request.method = "GET"
        request.body = []
        request.headers.remove("Content-Type")
    }

    /// The last response, with the time of all before it.
    public func finish(_ response: ClientResponse) -> ClientResponse {
        var response = response
        response.timings.redirect = elapsed
        response.timings.total += elapsed
        return response
    }

    /// Scheme, host and port.
    private static func origin(_ url: String) -> [String] {
        guard let parts = URLParts(url) else { return [url] }
        return [parts.scheme, parts.host, String(parts.port)]
    }
}
