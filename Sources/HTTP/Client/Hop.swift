import Base

/// Follows redirects: what the next request is, and how the times of all requests add up.
///
/// libcurl could follow by itself, but then the phases of all requests are mixed; here the phases are those of the last one, and `redirect`
/// is the time of all before it.
struct Hop {
    private(set) var request: ClientRequest
    private let limit: Int
    private let timeout: Duration?
    private var count = 0
    private var elapsed = Duration.zero

    init(_ request: ClientRequest) {
        self.request = request
        limit = request.redirectLimit
        timeout = request.timeout
    }

    /// Turns `request` into the one that a redirect asks for.
    mutating func follow(_ response: ClientResponse, to location: String) throws(ClientError) {
        guard count < limit else { throw .tooManyRedirects }
        count += 1
        elapsed += response.timings.total
        if let timeout {
            guard timeout > elapsed else { throw .timedOut(after: timeout) }
            request.timeout = timeout - elapsed
        }
        request.follow(status: response.status, to: location)
    }

    func finish(_ response: ClientResponse) -> ClientResponse {
        var response = response
        response.timings.redirect = elapsed
        response.timings.total += elapsed
        return response
    }
}
