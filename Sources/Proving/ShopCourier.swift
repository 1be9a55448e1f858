import Base
import HTTP
import Load
import Storefront

/// Carries visitors' requests to a shop in the same process, as a network would: refused and cut connections, timeouts, bodies that come in
/// pieces. Quicker than `InProcessTransport`, because thousands of visitors come.
final class ShopCourier: Courier {
    private let shop: Shop
    /// Services by host and port.
    private let services: [String: String]

    /// - Parameter bases: Base URLs by service name.
    init(shop: Shop, bases: [String: String]) {
        self.shop = shop
        services = Dictionary(bases.map { (String(Self.authority(of: $0.value)), $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    func carry(_ request: ClientRequest, keeping: ClientRequest.Kept, _ deliver: @escaping (Result<ClientAnswer, ClientError>) -> Void) {
        let loop = shop.loop
        let delivery = Delivery(deliver)
        if let limit = request.timeout {
            delivery.timer = loop.schedule(after: limit) { delivery.end(with: .failure(.timedOut(after: limit)), on: loop) }
        }
        let authority = Self.authority(of: request.url)
        guard let service = services[String(authority)] else {
            loop.execute { delivery.end(with: .failure(.nameNotResolved(host: String(authority))), on: loop) }
            return
        }
        let exchange = Exchange(request: Self.incoming(request, authority: authority), service: service, shop: shop, url: request.url)
        Task(executorPreference: loop) { await exchange.run(for: delivery) }
    }

    static func authority(of url: String) -> Substring {
        let start = url.range(ofText: "://").map(\.upperBound) ?? url.startIndex
        return Substring(url[start...].utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    }

    /// The request as the service gets it.
    static func incoming(_ request: ClientRequest, authority: Substring) -> Request {
        var target = String(Substring(request.url[authority.endIndex...].utf8.prefix { $0 != UInt8(ascii: "#") }))
        if !target.hasPrefix("/") { target = "/" + target }
        var headers = request.headers
        if headers["Host"] == nil { headers = Headers([Headers.Field(name: "Host", value: String(authority))] + headers.fields) }
        if !request.body.isEmpty { headers.set("Content-Length", String(request.body.count)) }
        return Request(method: request.method, target: target, headers: headers, body: request.body)
    }
}

/// Whoever comes first, the answer or the visitor's patience, delivers. After that the exchange goes on without anybody waiting.
// @unchecked Sendable: touched only on the loop.
private final class Delivery: @unchecked Sendable {
    private var deliver: ((Result<ClientAnswer, ClientError>) -> Void)?
    var timer: EventLoop.TimerID?

    init(_ deliver: @escaping (Result<ClientAnswer, ClientError>) -> Void) { self.deliver = deliver }

    func end(with result: Result<ClientAnswer, ClientError>, on loop: EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        deliver.take()?(result)
    }
}

/// One request on its way through the shop.
private struct Exchange: Sendable {
    let request: Request
    let service: String
    let shop: Shop
    let url: String

    func run(for delivery: Delivery) async {
        let result = await answer()
        delivery.end(with: result, on: shop.loop)
    }

    private func answer() async -> Result<ClientAnswer, ClientError> {
        let start = shop.loop.now
        let (service, request) = (service, request)
        let answered = try? await shop.with { core -> Response? in
            guard core.service(named: service)?.isReachable == true else { return nil }
            return await core.handle(service, request)
        }
        guard let response = answered ?? nil else { return .failure(refusal) }
        if response.ending == .reset { return .failure(.connectionReset) }
        var times = ClientAnswer.Times()
        times.isReused = true
        times.firstByte = (shop.loop.now - start).nanoseconds / 1_000
        if case .paced(let pieces) = response.body {
            let time = pieces.reduce(Duration.zero) { $0 + $1.delay }
            guard (try? await shop.loop.sleep(for: time)) != nil else { return .failure(.cancelled) }
        }
        times.end = (shop.loop.now - start).nanoseconds / 1_000
        return .success(answer(response, times))
    }

    private func answer(_ response: Response, _ times: ClientAnswer.Times) -> ClientAnswer {
        let isBodiless = request.method == "HEAD" || response.status == 204 || response.status == 304
        var answer = ClientAnswer(status: response.status, head: ResponseHead(response.headers), body: isBodiless ? [] : response.bodyBytes, times: times)
        if case .bytes(let bytes) = response.body { answer.announcedBytes = bytes.count }
        if (300..<400).contains(response.status), response.status != 304, let location = response.headers["Location"] {
            answer.redirect = URLParts.resolve(location, from: url) ?? location
        }
        return answer
    }

    private var refusal: ClientError {
        guard let parts = URLParts(url) else { return .invalidURL(url) }
        return .connectionRefused(host: parts.host, port: parts.port)
    }
}
