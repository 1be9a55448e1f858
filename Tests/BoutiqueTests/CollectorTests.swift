import Base
import Foundation
import Storefront
import Telemetry
import Testing

@testable import Proving

/// The original's collector configurations, over visits of the shop.
@Suite struct BoutiqueCollectorTests {
    /// How many traces each policy has kept, and each pipeline.
    private static func report(_ core: ShopCore) -> [String] {
        core.collector?.advance(to: core.world.now)
        return (core.collector?.report["pipelines"]?.elements ?? []).flatMap { pipeline -> [String] in
            let policies = (pipeline["policies"]?.elements ?? []).map { "\($0["name"]!.text) \($0["sampled"]!.text)" }
            return ["\(pipeline["name"]!.text) \(pipeline["sampled"]?.text ?? "all")"] + policies
        }
    }

    /// A checkout of 2 × 199.90 + 2 × 90.92, a payment that fails, a product that does not exist, and eight visits that go well. What services do by themselves leaves traces as well.
    private static func visit(_ customer: Customer) async throws {
        try await customer.logIn()
        _ = try await customer.get("/products/")
        _ = try await customer.add(1, 2)
        _ = try await customer.add(3, 2)
        _ = try await customer.get("/cart/")
        _ = try await customer.checkOut()
        _ = try await customer.pay(987_654)
        _ = try await customer.get("/orders/")
        _ = try await Customer(customer.bench, name: "estranho").get("/cart/")
        _ = try await customer.get("/products/987654")
        try await customer.bench.loop.sleep(for: .seconds(40))
    }

    private static func deploy(_ collector: String, at customer: Customer) async throws {
        try await customer.bench.shop.with { core in
            let wiring = try core.source(of: "collector")
            let start = try #require(wiring.firstRange(of: "\"collector\": {"))
            let end = try #require(wiring[start.upperBound...].firstRange(of: "\"routes\":"))
            let text = wiring[..<start.lowerBound] + "\"collector\": " + collector + ", " + wiring[end.lowerBound...]
            try await core.deploy(try JSONNode.parse(Array(text.utf8), file: "collector.json"), to: "collector")
        }
    }

    @Test func `errors, slow traces and everything: the first configuration keeps all`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/boutique/collectors/compose.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Boutique.visit { customer in
            try await Self.deploy(text, at: customer)
            try await Self.visit(customer)
            let found = try await customer.bench.shop.with { Self.report($0) }
            let kept = found[0].split(separator: " ").last.flatMap { Int($0) } ?? 0
            #expect(kept >= 11)
            // A call that is answered with 4xx is an error too: of the payment, and of the product that does not exist. Simulated services are quick.
            #expect(found == ["traces \(kept)", "errors 2", "latency 3", "all \(kept)"])
        }
    }

    @Test func `baseline and experiment: few traces are kept, and none for its total, which is no whole number`() throws {
        try Boutique.visit("collector-experiment") { customer in
            try await Self.visit(customer)
            let found = try await customer.bench.shop.with { Self.report($0) }
            #expect(found == ["traces/baseline all", "traces/experiment 3", "latency 0", "spans 1", "total 0", "orders 0", "errors 2"])
            let metrics = try await customer.get("/metrics", from: "collector").text
            #expect(metrics.contains(#"decision="sampled",pipeline="traces/experiment",policy="spans",sampled="true"} 1"#), "\(metrics)")
        }
    }

    @Test func `the condition on the total keeps checkouts and nothing else`() throws {
        try Boutique.visit { customer in
            try await customer.bench.shop.with { try await $0.switchOn("sampling-blindness") }
            try await Self.visit(customer)
            #expect(try await customer.bench.shop.with { Self.report($0) } == ["traces 1", "total 1"])
            let seen = try await customer.bench.shop.with { core in
                TraceView(of: core.recorder, where: core.isSeen).operations(of: "backend").map(\.name)
            }
            #expect(seen == ["GET", "POST", "POST /checkout/"])
        }
    }
}
