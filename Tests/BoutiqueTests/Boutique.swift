import Base
import EmbeddedPacks
import HTTP
import Handlers
import Storefront
import Telemetry

@testable import Proving

/// The built-in pack in simulated time.
enum Boutique {
    /// Checked once for all tests.
    static let prepared: PreparedPack = {
        do { return try PreparedPack(EmbeddedPacks.files(of: "boutique")!, handlers: .builtIn) } catch { fatalError("\(error)") }
    }()

    /// Opens a fresh shop in a state and lets a visitor in.
    @discardableResult
    static func visit<Result: Sendable>(
        _ state: String = "fixed", seed: UInt64 = 1, _ body: @escaping @Sendable (Customer) async throws -> Result
    ) throws -> Result {
        let bench = try Prover(prepared: prepared, seed: seed).bench()
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: .full)
            return try await body(Customer(bench, name: "ana"))
        }
    }
}

/// Somebody with a cookie. Used by one task at a time.
// @unchecked Sendable: only the tasks on the bench's loop touch it.
final class Customer: @unchecked Sendable {
    let bench: Bench
    let name: String
    var cookie: String?

    init(_ bench: Bench, name: String) {
        self.bench = bench
        self.name = name
    }

    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: Headers
        var json: Value { (try? Value.parse(json: text.utf8)) ?? .null }
    }

    func send(_ method: String, _ path: String, to service: String = "backend", headers: Headers = [:], _ json: String? = nil) async throws -> Answer {
        var headers = headers
        if let cookie { headers.add("Cookie", cookie) }
        if json != nil, headers["Content-Type"] == nil { headers.add("Content-Type", "application/json") }
        var request = ClientRequest(method: method, url: bench.url(of: service) + path, headers: headers, body: Array((json ?? "").utf8))
        request.redirectLimit = 0
        let answer = try await bench.transport.send(request)
        if let line = answer.headers["Set-Cookie"] { cookie = String(line.prefix { $0 != ";" }) }
        return Answer(status: answer.status, text: String(decoding: answer.body, as: UTF8.self), headers: answer.headers)
    }

    func get(_ path: String, from service: String = "backend") async throws -> Answer { try await send("GET", path, to: service) }

    func logIn() async throws {
        let account = #"{"email":"\#(name)@loja.br","password":"segredo"}"#
        _ = try await send("POST", "/auth/register", account)
        let answer = try await send("POST", "/auth/login", account)
        if answer.status != 200 { throw Unexpected("\(answer.status): \(answer.text)") }
    }

    func add(_ product: Int, _ quantity: Int = 1) async throws -> Answer {
        try await send("POST", "/cart/", #"{"product_id":\#(product),"quantity":\#(quantity)}"#)
    }

    func checkOut() async throws -> Int? { try await send("POST", "/checkout/").json["order_id"]?.integer }

    func pay(_ order: Int, card: String = "") async throws -> Answer {
        try await send("POST", "/payment/charge", card.isEmpty ? #"{"order_id":\#(order)}"# : #"{"order_id":\#(order),"card":"\#(card)"}"#)
    }

    /// A product of its own, as only the catalogue can make one.
    func product(stock: Int, price: Double = 10) async throws -> Int {
        let answer = try await send("POST", "/products/", to: "products", #"{"name":"Corda","price":\#(price),"stock":\#(stock)}"#)
        guard let id = answer.json["id"]?.integer else { throw Unexpected("\(answer.status): \(answer.text)") }
        return id
    }

    func balance(_ product: Int) async throws -> Balance {
        let json = try await get("/products/\(product)/balance", from: "products").json
        return Balance(stock: json["stock"]?.integer ?? -1, reserved: json["reserved"]?.integer ?? -1, sold: json["sold"]?.integer ?? -1)
    }
}

struct Balance: Equatable {
    var stock: Int
    var reserved: Int
    var sold: Int
    var total: Int { stock + reserved + sold }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
