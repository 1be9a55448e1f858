import Base
import HTTP
import ShopTesting
import Testing

@testable import Proving

/// What the services tell of themselves.
@Suite struct SockShopTelemetryTests {
    @Test func `each service writes lines in its own format`() throws {
        try SockShop.visit { client in
            _ = try await client.get("/catalogue?size=5")
            _ = try await client.put(SockShop.sport)
            _ = try await client.logIn("user", "wrong")
            let catalogue = try #require(try await client.lines(of: "catalogue").first)
            #expect(catalogue.hasPrefix("ts=2026-01-01T12:00:00"))
            #expect(catalogue.contains("Z caller=logging.go:27 method=List tags= order=id pageNum=1 pageSize=5 result=5 err=null took="))
            let carts = try #require(try await client.lines(of: "carts").first)
            #expect(carts.hasPrefix("2026-01-01 12:00:00."))
            #expect(carts.contains("  INFO [carts,") && carts.contains(",false] 1 --- [nio-8080-exec-1] w.w.s.carts.controllers.ItemsController  : "))
            let front = try await client.lines(of: "front-end")
            #expect(front.first == "\u{1b}[0mGET /catalogue?size=5 \u{1b}[32m200 \u{1b}[0m- ms - -\u{1b}[0m")
            #expect(front.contains { $0.hasPrefix("POST to carts: http://carts/carts/") && $0.hasSuffix(#"/items body: {"itemId":"510a0d7e-8e83-4193-b483-e27e09ddc34d","unitPrice":15}"#) })
            #expect(front.contains("Error with log in: true"))
            #expect(front.last?.hasPrefix("\u{1b}[0mGET /login \u{1b}[33m401 \u{1b}[0m") == true)
            #expect(try await client.lines(of: "user").last?.hasSuffix("caller=server.go:110 err=Unauthorized") == true)
        }
    }

    @Test func `one order is one trace through all services`() throws {
        let outline = try SockShop.visit { client in
            _ = try await client.logIn()
            _ = try await client.put(SockShop.sport)
            _ = try await client.bench.forgetTelemetry()
            _ = try await client.post("/orders", "")
            return try await client.bench.shop.outline([])
        }
        #expect(outline.first == "express.request front-end POST /orders")
        for line in [
            "servlet.request orders POST /orders", "http.request payment POST /paymentAuth", "http.request stripe-mock POST /v1/charges",
            "servlet.request shipping POST /shipping", "amqp.command rabbitmq POST /api/exchanges/{vhost}/{exchange}/publish",
        ] { #expect(outline.contains { $0.trimmingPrefix(while: { $0 == " " }) == line }, "\(line)") }
    }

    static let health = [
        ("catalogue", "catalogue,catalogue-db"), ("user", "user,user-db"), ("carts", "carts,carts-db"), ("orders", "orders,orders-db"), ("payment", "payment"),
        ("shipping", "shipping-rabbitmq,shipping"), ("queue-master", "queue-master,queue-master-rabbitmq"),
    ]

    @Test(arguments: health) func `health names the service and what it leans on`(service: String, parts: String) throws {
        try SockShop.visit { client in
            let health = try await client.get("/health", from: service).json["health"]?.elements ?? []
            #expect(health.map { $0["service"]?.text ?? "" }.joined(separator: ",") == parts)
            #expect(health.allSatisfy { $0["status"] == "OK" })
        }
    }

    static let series = [
        ("front-end", "/metrics", #"method="get",route="catalogue",service="front-end",status_code="200""#),
        ("catalogue", "/metrics", #"isWS="false",method="GET",route="catalogue_id",status_code="200""#),
        ("carts", "/metrics", #"method="GET",route="/carts/{customerId:.*}/items",service="carts",status_code="200""#),
    ]

    @Test(arguments: series) func `services count their requests under the names that dashboards ask for`(service: String, path: String, labels: String) throws {
        try SockShop.visit { client in
            _ = try await client.get("/catalogue/\(SockShop.sport)")
            _ = try await client.get("/cart")
            let text = try await client.get(path, from: service).text
            #expect(text.contains("request_duration_seconds_count{\(labels)} 1\n"))
            #expect(text.contains("http_request_duration_seconds_bucket{"))
        }
    }

    @Test func `an endpoint that has failed six times in a row is not asked again for half a minute`() throws {
        try SockShop.visit { client in
            for _ in 0..<6 { #expect(try await client.get("/catalogue/none").json["error"] == "not found") }
            #expect(try await client.get("/catalogue/\(SockShop.sport)").json["error"] == "circuit breaker 'Get' is open")
            #expect(try await client.get("/tags").json["err"] == .null)
            try await client.bench.loop.sleep(for: .seconds(31))
            #expect(try await client.get("/catalogue/\(SockShop.sport)").json["name"] == "SuperSport XL")
        }
    }
}
