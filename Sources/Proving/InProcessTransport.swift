import Base
import HTTP
import Query
import Storefront
import Synthetics

/// Carries requests to a shop in the same process, as a client over the network would see it: refused and cut connections, timeouts,
/// redirects, bodies that come in pieces. All times are the loop's.
struct InProcessTransport: CheckTransport {
    let shop: Shop
    let addresses: Addresses
    /// Sees every response; nil where nobody looks.
    let witness: Witness?

    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        let start = shop.loop.now
        var next = request
        var followed = 0
        while true {
            let begun = shop.loop.now
            var response = try await exchange(next)
            let location = response.headers["Location"]
            guard request.redirectLimit > 0, (300..<400).contains(response.status), response.status != 304, let location else {
                response.timings.redirect = begun - start
                response.timings.total = shop.loop.now - start
                return response
            }
            guard followed < request.redirectLimit else { throw .tooManyRedirects }
            followed += 1
            next.follow(status: response.status, to: URLParts.resolve(location, from: next.url) ?? location)
            if let limit = request.timeout {
                let left = limit - (shop.loop.now - start)
                guard left > .zero else { throw .timedOut(after: limit) }
                next.timeout = left
            }
        }
    }

    /// A connection is there when somebody listens; nobody in here speaks TLS.
    func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
        let url = "http://\(request.host):\(request.port)/"
        if case .service(let name) = try addresses.destination(of: url), await !isReachable(name) { throw Self.refusal(url) }
        if request.tls != nil { throw .tls("the server does not speak TLS") }
        return ConnectResponse(timings: ClientResponse.Timings(), remoteAddress: "127.0.0.1")
    }

    private func isReachable(_ service: String) async -> Bool {
        (try? await shop.with { $0.service(named: service)?.isReachable ?? false }) ?? false
    }

    private func exchange(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        guard let limit = request.timeout else { return try await attempt(request).get() }
        let loop = shop.loop
        return try await TimeLimit.run(on: loop, within: limit) { await attempt(request) }.get()
    }

    /// A result instead of an error, because it travels between tasks.
    private func attempt(_ request: ClientRequest) async -> Result<ClientResponse, ClientError> {
        do throws(ClientError) { return .success(try await answer(request)) } catch { return .failure(error) }
    }

    private func answer(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        let destination = try addresses.destination(of: request.url)
        let incoming = ShopCourier.incoming(request, authority: ShopCourier.authority(of: request.url))
        let start = shop.loop.now
        let response = try await response(of: destination, to: incoming, url: request.url)
        if response.ending == .reset { throw .connectionReset }
        var timings = ClientResponse.Timings()
        timings.firstByte = shop.loop.now - start
        try await receive(response)
        timings.total = shop.loop.now - start
        timings.download = timings.total - timings.firstByte
        let isBodiless = request.method == "HEAD" || response.status == 204 || response.status == 304
        let answer = ClientResponse(
            status: response.status, httpVersion: "1.1", headers: fields(of: response), body: isBodiless ? [] : response.bodyBytes,
            timings: timings, effectiveURL: request.url, remoteAddress: "127.0.0.1")
        witness?.see(answer, to: request)
        return answer
    }

    private func response(of destination: Addresses.Destination, to request: Request, url: String) async throws(ClientError) -> Response {
        switch destination {
        case .observability:
            let answer = try? await shop.with { core in
                core.collector?.advance(to: core.world.now)
                return ObservabilityAPI(shops: [(name: Bench.shopName, recorder: core.recorder)], now: core.world.now, where: core.isSeen).answer(request)
            }
            return (answer ?? nil) ?? Response(status: 404)
        case .service(let name):
            guard await isReachable(name) else { throw Self.refusal(url) }
            return await shop.handle(name, request)
        }
    }

    private static func refusal(_ url: String) -> ClientError {
        guard let parts = URLParts(url) else { return .invalidURL(url) }
        return .connectionRefused(host: parts.host, port: parts.port)
    }

    /// Waits until the last piece has come.
    private func receive(_ response: Response) async throws(ClientError) {
        guard case .paced(let pieces) = response.body else { return }
        let time = pieces.reduce(Duration.zero) { $0 + $1.delay }
        do { try await shop.loop.sleep(for: time) } catch { throw .cancelled }
    }

    /// Adds the fields that a server's library writes by itself.
    private func fields(of response: Response) -> Headers {
        var headers = response.headers
        if headers["Date"] == nil { headers.add("Date", shop.loop.now.httpDate) }
        if case .bytes(let bytes) = response.body { headers.set("Content-Length", String(bytes.count)) }
        return headers
    }
}
