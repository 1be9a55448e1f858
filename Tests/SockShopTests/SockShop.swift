import Base
import EmbeddedPacks
import HTTP
import Handlers
import Storefront

@testable import Proving

/// The built-in pack in simulated time.
enum SockShop {
    /// Checked once for all tests.
    static let prepared: PreparedPack = {
        do { return try PreparedPack(EmbeddedPacks.files(of: "sockshop")!, handlers: .builtIn) } catch { fatalError("\(error)") }
    }()

    static let holy = "03fef6ac-1896-4ce8-bd69-b798f85c6e0b"
    static let sport = "510a0d7e-8e83-4193-b483-e27e09ddc34d"

    /// Opens a fresh shop in a state and lets somebody in.
    @discardableResult
    static func visit<Result: Sendable>(
        _ state: String = "fixed", _ body: @escaping @Sendable (Client) async throws -> Result
    ) throws -> Result {
        let bench = try Prover(prepared: prepared).bench()
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: .full)
            return try await body(Client(bench))
        }
    }
}

/// Sends requests as the pages' scripts do and keeps cookies. Used by one task at a time.
// @unchecked Sendable: only the task on the bench's loop touches it.
final class Client: @unchecked Sendable {
    let bench: Bench
    /// By name.
    var cookies: [String: String] = [:]

    init(_ bench: Bench) { self.bench = bench }

    func send(_ method: String, _ path: String, to service: String = "front-end", headers: Headers = [:], json: String = "") async throws -> ClientResponse {
        var headers = headers
        if !cookies.isEmpty { headers.add("Cookie", cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")) }
        if !json.isEmpty { headers.add("Content-Type", "application/json; charset=utf-8") }
        let answer = try await bench.transport.send(
            ClientRequest(method: method, url: bench.url(of: service) + path, headers: headers, body: Array(json.utf8)))
        for line in answer.headers.values("Set-Cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        return answer
    }

    func get(_ path: String, from service: String = "front-end", headers: Headers = [:]) async throws -> ClientResponse {
        try await send("GET", path, to: service, headers: headers)
    }

    func post(_ path: String, _ json: String, to service: String = "front-end") async throws -> ClientResponse {
        try await send("POST", path, to: service, json: json)
    }

    /// Logs in with a name and a password, as the browser's dialogue does.
    func logIn(_ name: String = "user", _ password: String = "password") async throws -> ClientResponse {
        try await get("/login", headers: ["Authorization": "Basic " + Base64.encode("\(name):\(password)".utf8)])
    }

    func put(_ sock: String) async throws -> ClientResponse { try await post("/cart", #"{"id":"\#(sock)"}"#) }

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
