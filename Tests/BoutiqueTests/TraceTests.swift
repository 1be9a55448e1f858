import Base
import HTTP
import ShopTesting
import Storefront
import Telemetry
import Testing

@testable import Proving

/// The traces of the shop as it was found: names, kinds, shapes and attributes of the original.
@Suite struct BoutiqueTraceTests {
    private struct Seen: Sendable {
        var outline: [String]
        var services: Set<String>
        var spans: [Span]
    }

    /// The only trace of a request.
    private static func trace(_ customer: Customer, _ request: () async throws -> Void) async throws -> Seen {
        _ = try await customer.bench.forgetTelemetry()
        try await request()
        return try await customer.bench.shop.with { core in
            var seen = Seen(outline: [], services: [], spans: [])
            TraceView(of: core.recorder).forEach { trace in
                let told = ["cart.product.count", "cache.hits", "cache.misses", "total", "number.of.items", "order.id", "payment.status"]
                seen.outline += trace.outline(told).map { $0.replacing("http.server.request ", with: "").replacing("http.client.request ", with: "") }
                seen.services.formUnion(trace.spans.map(\.template.service.name))
                seen.spans += trace.spans
            }
            return seen
        }
    }

    @Test func `each request leaves as many spans in as many services as the original's`() throws {
        try Boutique.visit("broken") { customer in
            var found: [String] = []
            func look(_ name: String, _ request: () async throws -> Void) async throws {
                let seen = try await Self.trace(customer, request)
                found.append("\(name): \(seen.spans.count) spans, \(seen.services.count) services")
            }
            try await look("a stranger's cart") { _ = try await customer.get("/cart/") }
            try await look("register") { _ = try await customer.send("POST", "/auth/register", #"{"email":"ana@loja.br","password":"segredo"}"#) }
            try await look("login") { _ = try await customer.send("POST", "/auth/login", #"{"email":"ana@loja.br","password":"segredo"}"#) }
            try await look("products") { _ = try await customer.get("/products/") }
            try await look("product") { _ = try await customer.get("/products/1") }
            try await look("new line") { _ = try await customer.add(1, 2) }
            try await look("more of it") { _ = try await customer.add(1) }
            try await look("cold cart") { _ = try await customer.get("/cart/") }
            try await look("warm cart") { _ = try await customer.get("/cart/") }
            _ = try await customer.add(3)
            var order = 0
            try await look("checkout of 2 lines, 1 miss") { order = try await customer.checkOut() ?? 0 }
            try await look("payment") { _ = try await customer.pay(order) }
            try await look("payment again") { _ = try await customer.pay(order) }
            try await look("orders, 2 misses") { _ = try await customer.get("/orders/") }
            _ = try await customer.add(1)
            let line = try await customer.get("/cart/").json.elements?.first?["id"]?.integer ?? 0
            try await look("removed line") { _ = try await customer.send("DELETE", "/cart/\(line)") }
            _ = try await customer.add(1)
            _ = try await customer.add(2)
            order = try await customer.checkOut() ?? 0
            try await look("cancelled order of 2 lines") { _ = try await customer.send("DELETE", "/orders/\(order)") }
            try await look("shortage") { _ = try await customer.add(1, 90_000_000) }
            #expect(
                found == [
                    "a stranger's cart: 1 spans, 1 services", "register: 4 spans, 1 services", "login: 3 spans, 1 services", "products: 5 spans, 2 services",
                    "product: 5 spans, 2 services", "new line: 15 spans, 3 services", "more of it: 15 spans, 3 services", "cold cart: 9 spans, 3 services",
                    "warm cart: 5 spans, 2 services", "checkout of 2 lines, 1 miss: 26 spans, 5 services", "payment: 14 spans, 4 services",
                    "payment again: 13 spans, 4 services", "orders, 2 misses: 13 spans, 3 services", "removed line: 13 spans, 3 services",
                    "cancelled order of 2 lines: 22 spans, 3 services", "shortage: 8 spans, 3 services",
                ])
        }
    }

    @Test func `a checkout's tree is the original's`() throws {
        try Boutique.visit("broken") { customer in
            try await customer.logIn()
            _ = try await customer.add(1, 2)
            _ = try await customer.get("/cart/")
            _ = try await customer.add(3)
            let seen = try await Self.trace(customer) { _ = try await customer.checkOut() }
            #expect(seen.outline.count == 26)
            #expect(
                seen.outline.filter { !$0.contains("meubanco") && !$0.contains("connect") } == [
                    "backend POST /checkout/", "  backend GET", "    cart GET /cart/ cart.product.count=2 cache.hits=1 cache.misses=1", "      cart GET",
                    "        products GET /products/<int:product_id>", "  backend POST", "    checkout POST /checkout/ total=490.72", "      checkout GET",
                    "        products GET /products/<int:product_id>", "      checkout GET", "        products GET /products/<int:product_id>", "      checkout POST",
                    "        orders POST /orders/ total=490.72 number.of.items=2 order.id=1",
                ])
            let statements = seen.spans.filter { $0.template.service.name == "orders" && $0.template.kind == .client }.sorted { $0.start < $1.start }.map(\.resourceName)
            #expect(statements == ["connect", "INSERT meubanco", "INSERT meubanco", "connect", "SELECT meubanco"])
            let root = try #require(seen.spans.first { $0.resourceName == "POST /checkout/" && $0.template.service.name == "checkout" })
            #expect(root.attributes["product.1.price:"] == 199.9)
            #expect(root.attributes["product.1.quantity"] == 2)
            #expect(root.attributes["product.2.price:"] == 90.92)
        }
    }

    @Test func `a payment comes back through the gateway`() throws {
        try Boutique.visit("broken") { customer in
            try await customer.logIn()
            _ = try await customer.add(1)
            let order = try #require(try await customer.checkOut())
            let seen = try await Self.trace(customer) { _ = try await customer.pay(order) }
            #expect(
                seen.outline.filter { !$0.contains("meubanco") && !$0.contains("connect") } == [
                    "backend POST /payment/charge", "  backend POST", "    payment POST /payment/charge order.id=1 payment.status=paid", "      payment POST",
                    "        orders POST /orders/<int:order_id>/confirm_payment order.id=1 payment.status=paid", "      payment POST", "        backend POST /cart/clear",
                    "          backend POST", "            cart POST /cart/clear",
                ])
        }
    }

    @Test func `spans follow the conventions of that time, attributes have the original's names`() throws {
        try Boutique.visit("broken") { customer in
            try await customer.logIn()
            let seen = try await Self.trace(customer) { _ = try await customer.add(1, 2) }
            func attributes(_ service: String, _ kind: SpanTemplate.Kind, _ resource: String) throws -> [Attribute] {
                try #require(seen.spans.first { $0.template.service.name == service && $0.template.kind == kind && $0.resourceName == resource }).allAttributes
            }
            let server = try attributes("cart", .server, "POST /cart/")
            for (name, value) in [
                ("http.method", "POST"), ("http.scheme", "http"), ("http.host", "cart:5005"), ("net.host.name", "cart:5005"), ("net.host.port", "5005"), ("http.target", "/cart/"),
                ("http.flavor", "1.1"), ("http.route", "/cart/"), ("http.status_code", "201"), ("http.server_name", "0.0.0.0"), ("user.id", "1"), ("product.id", "1"), ("quantity", "2"),
                ("stock.items", "2"),
            ] { #expect(server[name]?.text == value, "\(name)") }
            let client = try attributes("cart", .client, "POST")
            #expect(client["http.url"]?.text == "http://products:5001/products/1/reserve")
            #expect(client["user_agent.original"]?.text == "python-requests/2.34.2")
            let sql = try attributes("products", .client, "UPDATE meubanco")
            #expect(sql["db.statement"]?.text.hasPrefix("UPDATE product SET stock = ?") == true)
            #expect(sql["db.system"] == "postgresql")
            #expect(sql["db.name"] == "meubanco")
            #expect(try attributes("products", .server, "POST /products/<int:product_id>/reserve")[" product.id"] == 1)
        }
    }
}
