import Base
import Foundation
import HTTP
import Synchronization
import Testing

@testable import Host

/// Several processes with one PostgreSQL database.
@Suite(.enabled(if: ChildHost.isBuilt && PostgresServer.isAvailable, PostgresServer.absence), .serialized) struct SharedDataTests {
    /// Services' URLs of a process, by name.
    private static func services(_ client: Client, _ controlFile: String) async throws -> [String: String] {
        guard let control = ControlFile.read(controlFile) else { throw Unexpected("no control file") }
        let answer = try await client.send(ClientRequest(url: control.url + "/v1/status", headers: ["Authorization": "Bearer \(control.token)"], timeout: .seconds(20)))
        let services = try answer.json["shops"]?["0"]?["services"]?.elements ?? []
        return Dictionary(uniqueKeysWithValues: services.map { ($0["name"]!.text, $0["url"]!.text) })
    }

    /// Somebody whose requests go to one process and the other in turn.
    private final class Customer: Sendable {
        let client: Client
        let processes: [[String: String]]
        let cookie: String
        /// Answers of services that waited too long for each other.
        let failures = Mutex<[String]>([])

        init(_ client: Client, _ processes: [[String: String]], name: String) async throws {
            self.client = client
            self.processes = processes
            let account = #"{"email":"\#(name)@loja.br","password":"segredo"}"#
            _ = try await Self.send(client, processes[0], "backend", "POST", "/auth/register", account, cookie: "")
            // The account of one process is known to the other.
            let answer = try await Self.send(client, processes[1], "backend", "POST", "/auth/login", account, cookie: "")
            cookie = String((answer.headers["Set-Cookie"] ?? "").prefix { $0 != ";" })
            if answer.status != 200 { throw Unexpected("\(answer.status): \(answer.text)") }
        }

        static func send(
            _ client: Client, _ process: [String: String], _ service: String, _ method: String, _ path: String, _ json: String?, cookie: String
        ) async throws -> ClientResponse {
            var headers: Headers = json == nil ? [:] : ["Content-Type": "application/json"]
            if !cookie.isEmpty { headers.add("Cookie", cookie) }
            return try await client.send(ClientRequest(method: method, url: process[service]! + path, headers: headers, body: Array((json ?? "").utf8), timeout: .seconds(60)))
        }

        func send(_ turn: Int, _ method: String, _ path: String, _ json: String? = nil) async throws -> ClientResponse {
            let answer = try await Self.send(client, processes[turn % processes.count], "backend", method, path, json, cookie: cookie)
            if answer.status >= 500 { failures.withLock { $0.append("\(method) \(path): \(answer.status) \(answer.text)") } }
            return answer
        }

        /// What somebody does at random.
        ///
        /// - Returns: The number of requests.
        func shop(_ product: Int, rounds: Int, seed: UInt64) async throws -> Int {
            var random = SeededRandom(seed: seed)
            var turn = Int.random(in: 0...1, using: &random)
            var requests = 0
            func next(_ method: String, _ path: String, _ json: String? = nil) async throws -> ClientResponse {
                (turn, requests) = (turn + 1, requests + 1)
                return try await send(turn, method, path, json)
            }
            for _ in 0..<rounds {
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2: _ = try await next("POST", "/cart/", #"{"product_id":\#(product),"quantity":\#(Int.random(in: 1...3, using: &random))}"#)
                case 3:
                    if let line = try await next("GET", "/cart/").json.elements?.first?["id"]?.integer { _ = try await next("DELETE", "/cart/\(line)") }
                case 4, 5:
                    // Two clicks, one for each process.
                    async let first = send(0, "POST", "/checkout/")
                    async let second = send(1, "POST", "/checkout/")
                    _ = try await (first, second)
                    requests += 2
                default:
                    let orders = try await next("GET", "/orders/").json.elements ?? []
                    guard let order = orders.filter({ $0["status"] == "pending" }).randomElement(using: &random)?["id"]?.integer else { continue }
                    // Paid at one process and paid again, or cancelled, at the other.
                    let isPaidTwice = Bool.random(using: &random)
                    async let payment = send(0, "POST", "/payment/charge", #"{"order_id":\#(order)}"#)
                    async let other = isPaidTwice ? send(1, "POST", "/payment/charge", #"{"order_id":\#(order)}"#) : send(1, "DELETE", "/orders/\(order)")
                    _ = try await (payment, other)
                    requests += 2
                }
            }
            return requests
        }

        func paidUnits() async throws -> Int {
            var units = 0.0
            for order in try await send(1, "GET", "/orders/?limit=1000").json.elements ?? [] where order["status"] == "paid" {
                for item in order["items"]?.elements ?? [] { units += item["quantity"]?.number ?? 0 }
            }
            return Int(units)
        }
    }

    private struct Balance: Equatable {
        var stock: Int
        var reserved: Int
        var sold: Int

        init(_ json: Value) {
            stock = json["stock"]?.integer ?? -1
            reserved = json["reserved"]?.integer ?? -1
            sold = json["sold"]?.integer ?? -1
        }
    }

    @Test func `two thousand requests to two processes leave a stock that adds up, and reservations end once`() throws {
        let folder = try PackFolder()
        let schema = "both\(getpid())"
        let controls = ["a", "b"].map { "\(folder.folder)/control-\($0).json" }
        let hosts = try controls.map { control in
            try ChildHost(
                ["--pack", "boutique", "--state", "fixed", "--port", "0", "--observability-port", "0", "--logs", "off", "--database", PostgresServer.url, "--database-schema", schema],
                controlFile: control)
        }
        defer { for host in hosts { _ = host.kill() } }
        try hosts[0].visit { client, _ in
            var processes: [[String: String]] = []
            for control in controls { processes.append(try await Self.services(client, control)) }
            let found = processes
            func catalogue(_ process: Int, _ method: String, _ path: String, _ json: String? = nil) async throws -> Value {
                try await Customer.send(client, found[process], "products", method, path, json, cookie: "").json
            }
            let product = try #require(try await catalogue(0, "POST", "/products/", #"{"name":"Corda","price":10,"stock":300}"#)["id"]?.integer)
            var customers: [Customer] = []
            for number in 0..<40 { customers.append(try await Customer(client, found, name: "cliente\(number)")) }
            let shoppers = customers
            let requests = try await withThrowingTaskGroup(of: Int.self) { group in
                for (number, customer) in shoppers.enumerated() { group.addTask { try await customer.shop(product, rounds: 40, seed: UInt64(number)) } }
                return try await group.reduce(0, +)
            }
            #expect(requests >= 2_000)
            // A machine that is busy with other things makes services wait longer than they do; not even then may a unit get lost.
            let failures = shoppers.flatMap { $0.failures.withLock { $0 } }
            #expect(failures.count < requests / 20, "\(failures.first ?? "")")
            let balance = Balance(try await catalogue(0, "GET", "/products/\(product)/balance"))
            #expect(balance.stock + balance.reserved + balance.sold == 300)
            #expect(balance.stock >= 0 && balance.reserved >= 0 && balance.sold > 0)

            // What one process changes, the other does not remember otherwise.
            let visitor = try await Customer(client, found, name: "visita")
            _ = try await catalogue(1, "POST", "/products/\(product)/release", #"{"quantity":1,"holder":"nobody"}"#)
            let other = try #require(try await catalogue(0, "POST", "/products/", #"{"name":"Bola","price":10,"stock":5}"#)["id"]?.integer)
            _ = try await visitor.send(0, "POST", "/cart/", #"{"product_id":\#(other),"quantity":1}"#)
            for turn in 0...1 { #expect(try await visitor.send(turn, "GET", "/cart/").json["0"]?["price"]?.number == 10) }
            _ = try await catalogue(0, "PUT", "/products/\(other)", #"{"price":12.5}"#)
            for turn in 0...1 { #expect(try await visitor.send(turn, "GET", "/cart/").json["0"]?["price"]?.number == 12.5) }

            // Both processes look for reservations whose time is over.
            let deadline = ContinuousClock.now + .seconds(120)
            var later = balance
            while later.reserved > 0, ContinuousClock.now < deadline { later = Balance(try await catalogue(1, "GET", "/products/\(product)/balance")) }
            #expect(later.reserved == 0)
            #expect(later.stock + later.sold == 300)
            var paid = 0
            for customer in shoppers { paid += try await customer.paidUnits() }
            #expect(paid == later.sold)
        }
    }

    @Test func `a schema that was made for another shop is refused`() throws {
        let folder = try PackFolder()
        let schema = "odd\(getpid())"
        let arguments = ["--pack", folder.pack, "--state", "fixed", "--port", "0", "--observability-port", "0", "--logs", "off", "--database", PostgresServer.url, "--database-schema", schema]
        let host = try ChildHost(arguments, controlFile: folder.folder + "/control.json")
        #expect(host.kill() == SIGKILL)
        try folder.replace(#""id": "id","#, by: #""id": "id", "shelf": { "type": "text", "nullable": true },"#, in: "data/tables.json")
        let (status, _, complaint) = try ChildHost.run(arguments, controlFile: folder.folder + "/control.json")
        #expect(status != 0)
        #expect(complaint.contains("was made for other tables") && complaint.contains(".shelf"))
    }
}
