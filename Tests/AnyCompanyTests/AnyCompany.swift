import Base
import EmbeddedPacks
import HTTP
import Handlers
import Storefront

@testable import Proving

/// The built-in pack in simulated time.
enum AnyCompany {
    /// Checked once for all tests.
    static let prepared: PreparedPack = {
        do { return try PreparedPack(EmbeddedPacks.files(of: "anycompany")!, handlers: .builtIn) } catch { fatalError("\(error)") }
    }()

    static let tissot = "6464865908071"
    static let timex = "3480077496703"
    /// The number that the original's load generator asks for and no watch has.
    static let unknown = "0000000000000"

    /// Opens a fresh shop in a state and lets somebody in.
    @discardableResult
    static func visit<Result: Sendable>(
        _ state: String = "fixed", _ body: @escaping @Sendable (Visitor) async throws -> Result
    ) throws -> Result {
        let bench = try Prover(prepared: prepared).bench()
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: .full)
            return try await body(Visitor(bench))
        }
    }
}

/// Sends requests as a browser does, keeps the session's cookie and follows nothing. Used by one task at a time.
// @unchecked Sendable: only the task on the bench's loop touches it.
final class Visitor: @unchecked Sendable {
    let bench: Bench
    /// The cookie as it is sent back.
    var cookie: String?

    init(_ bench: Bench) { self.bench = bench }

    func send(_ method: String, _ path: String, to service: String = "frontend", headers: Headers = [:], _ body: String = "") async throws -> ClientResponse {
        var headers = headers
        if let cookie { headers.add("Cookie", cookie) }
        var request = ClientRequest(method: method, url: bench.url(of: service) + path, headers: headers, body: Array(body.utf8))
        request.redirectLimit = 0
        let answer = try await bench.transport.send(request)
        if let line = answer.headers["Set-Cookie"] { cookie = String(line.prefix { $0 != ";" }) }
        return answer
    }

    func get(_ path: String, from service: String = "frontend") async throws -> ClientResponse { try await send("GET", path, to: service) }

    func post(_ path: String, form: String) async throws -> ClientResponse {
        try await send("POST", path, headers: ["Content-Type": "application/x-www-form-urlencoded"], form)
    }

    func add(_ product: String) async throws -> ClientResponse { try await post("/cart", form: "product_id=" + product) }

    /// Address and payment as the original's load generator gives them.
    func checkOut() async throws -> ClientResponse {
        try await post(
            "/cart/checkout",
            form: "name=Demo+User&email=demo-user%40example.com&address=123+Road&zip=80807&city=Munich&state=BY&country=Germany&paymentMethod=AmazonPay")
    }

    /// A call of an AWS service's JSON interface.
    func ask(_ target: String, of service: String, _ body: String) async throws -> ClientResponse {
        try await send("POST", "/", to: service, headers: ["X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"], body)
    }

    /// Log lines of a service so far.
    func lines(of service: String) async throws -> [String] {
        try await bench.shop.with { core in core.recorder.logs().elements.filter { $0.service.name == service }.map(\.line) }
    }
}

extension ClientResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: Value { get throws { try Value.parse(json: body) } }
    var type: String? { headers["Content-Type"] }
}
