import Base
import EmbeddedPacks
import HTTP
import Handlers
import Storefront
import Telemetry

@testable import Proving

/// The built-in pack in simulated time.
enum Storedog {
    /// Checked once for all tests.
    static let prepared: PreparedPack = {
        do { return try PreparedPack(EmbeddedPacks.files(of: "storedog")!, handlers: .builtIn) } catch { fatalError("\(error)") }
    }()

    /// Opens a fresh shop in a state and lets a visitor in.
    @discardableResult
    static func visit<Result: Sendable>(
        _ state: String = "fixed", as level: Instrumentation = .full, _ body: @escaping @Sendable (Visitor) async throws -> Result
    ) throws -> Result {
        let bench = try Prover(prepared: prepared).bench()
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: level)
            return try await body(Visitor(bench))
        }
    }
}

/// A browser without scripts: keeps cookies, follows nothing by itself. Used by one task at a time.
// @unchecked Sendable: only the task on the bench's loop touches it.
final class Visitor: @unchecked Sendable {
    let bench: Bench
    /// By name.
    var cookies: [String: String] = [:]

    init(_ bench: Bench) { self.bench = bench }

    func send(_ method: String, _ path: String, to service: String = "store-frontend", headers: Headers = [:], body: String = "") async throws -> ClientResponse {
        var headers = headers
        if !cookies.isEmpty { headers.add("Cookie", cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")) }
        let answer = try await bench.transport.send(
            ClientRequest(method: method, url: bench.url(of: service) + path, headers: headers, body: Array(body.utf8)))
        for line in answer.headers.values("Set-Cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        return answer
    }

    func get(_ path: String, from service: String = "store-frontend", headers: Headers = [:]) async throws -> ClientResponse {
        try await send("GET", path, to: service, headers: headers)
    }

    /// Sends a form as a browser does: hidden fields of the form on the page, then what the visitor fills in.
    func submit(_ form: String, of page: ClientResponse, to path: String, _ fields: KeyValuePairs<String, String>) async throws -> ClientResponse {
        var pairs = try page.hiddenFields(ofForm: form).filter { hidden in !fields.contains { $0.key == hidden.name } }
        pairs += fields.map { ($0.key, $0.value) }
        let body = pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return try await send("POST", path, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: body)
    }

    /// Token of the order in the shop's first data, as the recorded browser's cookies carry it.
    static let recordedToken = "aeihRQ1NnX7TbfvhhtQNNg1567611578919"
    static let recordedCookie = "ImFlaWhSUTFOblg3VGJmdmhodFFOTmcxNTY3NjExNTc4OTE5Ig%3D%3D--7ffb6f32af134e6e0f1337c397e3f453060c333a"
}

/// A page that is not what a test goes on with.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ClientResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: Value { get throws { try Value.parse(json: body) } }
    var type: String { headers["Content-Type"] ?? "" }
    /// What stands between the tags of the title.
    var title: String { text.between("<title>", "</title>") ?? "" }

    func count(of part: String) -> Int { text.split(separator: part, omittingEmptySubsequences: false).count - 1 }

    func hiddenFields(ofForm id: String) throws -> [(name: String, value: String)] {
        guard let start = text.firstRange(of: "id=\"\(id)\"")?.upperBound else { throw Unexpected("\(status): no form \(id) on \(title)") }
        let form = text[start...]
        let inner = form[..<(form.firstRange(of: "</form>")?.lowerBound ?? form.endIndex)]
        return inner.split(separator: "<input ").map(String.init).filter { $0.hasPrefix("type=\"hidden\"") }.compactMap { input in
            input.between("name=\"", "\"").map { ($0, input.between("value=\"", "\"") ?? "") }
        }
    }
}

extension String {
    func between(_ start: String, _ end: String) -> String? {
        guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound else { return nil }
        return String(self[from..<to])
    }
}
