import Base
import HTTP
import Storefront
import Testing

@testable import Proving

/// Units are free, reserved or sold, and never anything else.
@Suite struct BoutiqueStockTests {
    private typealias Request = @Sendable () async throws -> Customer.Answer

    /// Runs bodies at the same time on the bench's loop.
    private static func together<Result: Sendable>(_ bench: Bench, _ bodies: [@Sendable () async throws -> Result]) async throws -> [Result] {
        let tasks = bodies.map { body in Task(executorPreference: bench.loop) { try await body() } }
        var results: [Result] = []
        for task in tasks { results.append(try await task.value) }
        return results
    }

    @Test func `a hundred who want fifty units get fifty`() throws {
        try Boutique.visit { customer in
            let product = try await customer.product(stock: 50)
            let statuses = try await Self.together(
                customer.bench,
                (0..<100).map { number in
                    { try await customer.send("POST", "/products/\(product)/reserve", to: "products", #"{"quantity":1,"holder":"\#(number)"}"#).status }
                })
            #expect(statuses.count { $0 == 200 } == 50)
            #expect(statuses.count { $0 == 409 } == 50)
            #expect(try await customer.balance(product) == Balance(stock: 0, reserved: 50, sold: 0))
        }
    }

    @Test func `read, reduced and written back, the same stock is promised several times`() throws {
        try Boutique.visit("original-race") { customer in
            let product = try await customer.product(stock: 50)
            _ = try await Self.together(
                customer.bench,
                (0..<40).map { number in { try await customer.send("POST", "/products/\(product)/reserve", to: "products", #"{"quantity":1,"holder":"\#(number)"}"#).status } })
            let balance = try await customer.balance(product)
            #expect(balance.reserved == 40)
            #expect(balance.stock > 10)
        }
    }

    /// What one customer does at random; gives the number of requests.
    private static func shop(_ customer: Customer, _ products: [Int], rounds: Int, seed: UInt64) async throws -> Int {
        var random = SeededRandom(seed: seed)
        var requests = 0
        func counted(_ answer: Customer.Answer) throws -> Customer.Answer {
            requests += 1
            if answer.status >= 500 { throw Unexpected("\(answer.status): \(answer.text)") }
            return answer
        }
        try await customer.logIn()
        for _ in 0..<rounds {
            switch Int.random(in: 0..<9, using: &random) {
            case 0...2: _ = try counted(try await customer.add(products.randomElement(using: &random)!, Int.random(in: 1...3, using: &random)))
            case 3:
                let lines = try counted(try await customer.get("/cart/")).json.elements ?? []
                if let line = lines.randomElement(using: &random)?["id"]?.integer { _ = try counted(try await customer.send("DELETE", "/cart/\(line)")) }
            case 4, 5:
                let click: Request = { try await customer.send("POST", "/checkout/") }
                let answers = try await together(customer.bench, [click, click])
                for answer in answers { _ = try counted(answer) }
            default:
                let orders = try counted(try await customer.get("/orders/")).json.elements ?? []
                guard let order = orders.filter({ $0["status"] == "pending" }).randomElement(using: &random)?["id"]?.integer else { continue }
                // Paid twice, or paid and cancelled, or declined and paid, all at the same time.
                let card = Bool.random(using: &random) ? "0002" : "4242"
                let (pay, payAgain): (Request, Request) = ({ try await customer.pay(order, card: card) }, { try await customer.pay(order) })
                let cancel: Request = { try await customer.send("DELETE", "/orders/\(order)") }
                for answer in try await together(customer.bench, [pay, Bool.random(using: &random) ? payAgain : cancel]) { _ = try counted(answer) }
            }
        }
        return requests
    }

    private static func sold(_ customers: [Customer]) async throws -> Double {
        var units = 0.0
        for customer in customers {
            for order in try await customer.get("/orders/?limit=1000").json.elements ?? [] where order["status"] == "paid" {
                for item in order["items"]?.elements ?? [] { units += item["quantity"]?.number ?? 0 }
            }
        }
        return units
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func `whatever customers do at the same time, no unit appears or disappears`(seed: UInt64) throws {
        try Boutique.visit(seed: seed) { first in
            let bench = first.bench
            let products = [try await first.product(stock: 30), try await first.product(stock: 40)]
            let customers = (0..<6).map { Customer(bench, name: "cliente\($0)") }
            _ = try await Self.together(bench, customers.enumerated().map { number, customer in { try await Self.shop(customer, products, rounds: 20, seed: seed &* 100 &+ UInt64(number)) } })
            var sold = 0
            for (product, stock) in zip(products, [30, 40]) {
                let balance = try await first.balance(product)
                #expect(balance.total == stock)
                #expect(min(balance.stock, balance.reserved, balance.sold) >= 0)
                sold += balance.sold
            }
            #expect(try await Self.sold(customers) == Double(sold))
            // What nobody has paid for comes back.
            try await bench.loop.sleep(for: .seconds(40))
            for (product, stock) in zip(products, [30, 40]) {
                let balance = try await first.balance(product)
                #expect(balance.reserved == 0)
                #expect(balance.total == stock)
            }
        }
    }

    @Test func `two thousand requests of forty customers leave a stock that adds up`() throws {
        try Boutique.visit { first in
            let bench = first.bench
            let product = try await first.product(stock: 300)
            let customers = (0..<40).map { Customer(bench, name: "cliente\($0)") }
            let counts = try await Self.together(bench, customers.enumerated().map { number, customer in { try await Self.shop(customer, [product], rounds: 40, seed: UInt64(number)) } })
            #expect(counts.reduce(0, +) > 2_000)
            let balance = try await first.balance(product)
            #expect(balance.total == 300)
            #expect(try await Self.sold(customers) == Double(balance.sold))
        }
    }

    @Test func `an order is paid once, and only its own units leave the cart`() throws {
        try Boutique.visit { customer in
            let product = try await customer.product(stock: 10)
            try await customer.logIn()
            _ = try await customer.add(product, 2)
            let order = try #require(try await customer.checkOut())
            #expect(try await customer.checkOut() == order)
            _ = try await customer.add(product, 1)
            #expect(try await customer.pay(order).status == 200)
            #expect(try await customer.pay(order).status == 200)
            #expect(try await customer.balance(product) == Balance(stock: 7, reserved: 1, sold: 2))
            #expect(try await customer.get("/cart/").json.elements?.compactMap { $0["quantity"]?.integer } == [1])
        }
    }

    @Test func `units that a line has lost are sold from the free stock, or the payment is refused`() throws {
        try Boutique.visit { customer in
            let product = try await customer.product(stock: 3)
            try await customer.logIn()
            _ = try await customer.add(product, 2)
            let order = try #require(try await customer.checkOut())
            try await customer.bench.loop.sleep(for: .seconds(40))
            #expect(try await customer.balance(product) == Balance(stock: 3, reserved: 0, sold: 0))
            let other = Customer(customer.bench, name: "bia")
            try await other.logIn()
            _ = try await other.add(product, 2)
            #expect(try await customer.pay(order).text == "{\n  \"error\": \"Estoque insuficiente\"\n}\n")
            let line = try #require(try await other.get("/cart/").json.elements?.first?["id"]?.integer)
            _ = try await other.send("DELETE", "/cart/\(line)")
            #expect(try await customer.pay(order).status == 200)
            #expect(try await customer.balance(product) == Balance(stock: 1, reserved: 0, sold: 2))
        }
    }

    @Test func `units of a line are given back once the catalogue listens again`() throws {
        try Boutique.visit { customer in
            let product = try await customer.product(stock: 5)
            try await customer.logIn()
            _ = try await customer.add(product, 2)
            let line = try #require(try await customer.get("/cart/").json.elements?.first?["id"]?.integer)
            let healthy = try await customer.bench.shop.with { try $0.source(of: "products") }
            func deploy(_ text: String) async throws {
                try await customer.bench.shop.with { try await $0.deploy(try JSONNode.parse(Array(text.utf8), file: "products.json"), to: "products") }
            }
            try await deploy(healthy.replacing("\"port\": 5001,", with: "\"port\": 5001, \"reachable\": false,"))
            #expect(try await customer.send("DELETE", "/cart/\(line)").status == 200)
            try await customer.bench.loop.sleep(for: .seconds(20))
            try await deploy(healthy)
            #expect(try await customer.balance(product).stock == 3)
            try await customer.bench.loop.sleep(for: .seconds(10))
            #expect(try await customer.balance(product) == Balance(stock: 5, reserved: 0, sold: 0))
        }
    }
}
