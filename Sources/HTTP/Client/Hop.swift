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
        request.follow(status: response.status, to: location)
    }

    /// Cookies of the next request, for callers that keep them; nil sends none.
    public mutating func setCookies(_ value: String?) {
        if let value { request.headers.set("Cookie", value) } else { request.headers.remove("Cookie") }
    }

    /// The last response, with the time of all before it.
    public func finish(_ response: ClientResponse) -> ClientResponse {
        var response = response
        response.timings.redirect = elapsed
        response.timings.total += elapsed
        return response
    }
}
