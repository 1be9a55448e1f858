import Base
import HTTP
import Testing

@testable import Proving

/// Orders from the button to the queue: states, money, log lines.
@Suite struct SockShopOrderTests {
    private static func order(_ socks: [String], _ client: Client) async throws -> ClientResponse {
        _ = try await client.logIn()
        for sock in socks { _ = try await client.put(sock) }
        return try await client.post("/orders", "")
    }

    @Test(arguments: [
        (["03fef6ac-1896-4ce8-bd69-b798f85c6e0b"], "104.979996"), (["510a0d7e-8e83-4193-b483-e27e09ddc34d"], "19.99"),
        (["819e1fbf-8b7e-4f6d-811f-693534916a8b"], "18.99"), (["6d62d909-f957-430e-8689-b5129c0bb75e"], "22.14"),
    ])
    func `totals are sums of 32 bits, as the original prints them`(socks: [String], total: String) throws {
        try SockShop.visit { client in
            let answer = try await Self.order(socks, client)
            #expect(answer.status == 201)
            #expect(answer.text.contains("\"total\":\(total),\"status\":\"PAID\"}"))
            #expect(answer.text.contains(#""customer":{"id":null,"firstName":"User","lastName":"Name","username":"user","addresses":[],"cards":[]}"#))
        }
    }

    @Test func `an order is told as HAL, and the list of a customer is 201`() throws {
        try SockShop.visit { client in
            let id = try #require(try await Self.order([SockShop.sport], client).json["id"]?.text)
            let answer = try await client.get("/orders/\(id)")
            #expect(answer.type == "application/hal+json;charset=UTF-8")
            #expect(answer.text.contains("  \"customer\" : {\n    \"firstName\" : \"User\",\n    \"lastName\" : \"Name\",\n    \"username\" : \"user\",\n    \"addresses\" : [ ],\n    \"cards\" : [ ]\n  },"))
            #expect(answer.text.contains("  \"items\" : [ {\n    \"itemId\" : \"\(SockShop.sport)\",\n    \"quantity\" : 1,\n    \"unitPrice\" : 15\n  } ],"))
            #expect(answer.text.contains("      \"href\" : \"http://orders/orders/\(id)\""))
            let list = try await client.get("/orders")
            #expect(list.status == 201)
            #expect(try list.json.elements?.count == 1)
            #expect(try await client.get("/orders/none").status == 404)
        }
    }

    @Test func `an order without an address is refused`() throws {
        try SockShop.visit { client in
            _ = try await client.post("/register", #"{"username":"ann","password":"x"}"#)
            _ = try await client.put(SockShop.sport)
            let answer = try await client.post("/orders", "")
            #expect(answer.status == 406)
            #expect(try answer.json["message"]?.text == "Invalid order request. Order requires customer, address, card and items.")
        }
    }

    @Test func `above the limit an order fails, is remembered and charges nothing`() throws {
        try SockShop.visit { client in
            let answer = try await Self.order([SockShop.holy, SockShop.sport], client)
            #expect(answer.status == 406)
            #expect(try answer.json["exception"]?.text == "works.weave.socks.orders.controllers.OrdersController$PaymentDeclinedException")
            #expect(try answer.json["message"]?.text == "Payment declined: amount exceeds 105.00")
            let orders = try await client.get("/orders").json
            #expect(orders["0"]?["status"] == "PAYMENT_FAILED")
            #expect(orders["0"]?["shipment"] == .null)
            #expect(try await client.get("/cart").json.elements?.count == 2)
            #expect(try await client.get("/v1/charges", from: "stripe-mock", headers: ["Authorization": "Bearer sk_test_x"]).json["data"]?.elements?.isEmpty == true)
        }
    }

    /// The timeline that guides of the payment outage read.
    @Test func `without payment an order leaves its whole story in the log`() throws {
        try SockShop.visit("payments-fail") { client in
            let answer = try await Self.order([SockShop.holy], client)
            #expect(answer.status == 500)
            let id = try #require(try await client.get("/orders").json["0"]?["id"]?.text)
            #expect(try answer.json["message"]?.text == "Payment service unavailable for order \(id)")
            let told = try await client.lines(of: "orders").filter { $0.contains(id) && !$0.contains("Sending payment request") }
            #expect(told.count == 5)
            for (line, expected) in zip(
                told,
                [
                    "OrdersController     : Order created with ID: \(id) and status: Created", "OrdersController     : Order \(id) status updated to PENDING",
                    "OrdersController     : Payment failed for order \(id): org.springframework.web.client.ResourceAccessException: I/O error on POST request for \"http://payment/paymentAuth\": Connection refused (Connection refused); nested exception is java.net.ConnectException: Connection refused (Connection refused)",
                    "OrdersController     : Order \(id) status updated to PAYMENT_FAILED due to: Connection refused",
                    "[dispatcherServlet]    : Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception [Request processing failed; nested exception is java.lang.IllegalStateException: Payment service unavailable for order \(id)] with root cause",
                ])
            { #expect(line.contains(expected), "\(line)") }
            #expect(told[2].contains(" ERROR [orders,"))
            #expect(told[3].contains("  WARN [orders,"))
            #expect(try await client.lines(of: "front-end").contains { $0.hasPrefix(#"Order response: {"statusCode":500,"body":{"#) && $0.contains(id) })
            #expect(try await client.lines(of: "payment").isEmpty)
        }
    }

    @Test(arguments: [("charges-refused", 406, "Payment gateway error: Post \"http://stripe-mock/v1/charges\": dial tcp 10.96.196.183:80: connect: connection refused"), ("charges-hang", 500, "Unable to create order due to timeout from one of the services.")])
    func `a gateway that is gone declines, one that hangs costs five seconds`(state: String, status: Int, message: String) throws {
        try SockShop.visit(state) { client in
            let start = client.bench.loop.now
            let answer = try await Self.order([SockShop.sport], client)
            #expect(answer.status == status)
            #expect(try answer.json["message"]?.text == message)
            let seconds = Double(client.bench.loop.now.nanoseconds - start.nanoseconds) / 1e9
            #expect(status == 406 ? seconds < 0.2 : (5..<5.5).contains(seconds))
        }
    }

    @Test func `a policy fills the queue, and the fourth order is paid but not shipped`() throws {
        try SockShop.visit("parcels-wait") { client in
            let guest: Headers = ["Authorization": "Basic Z3Vlc3Q6Z3Vlc3Q=", "Content-Type": "application/json"]
            let policy = #"{"pattern":"^shipping-task$","definition":{"max-length":3,"overflow":"reject-publish"},"apply-to":"queues"}"#
            #expect(try await client.send("PUT", "/api/policies/%2F/shipping-limit", to: "rabbitmq", headers: guest, json: policy).status == 201)
            _ = try await client.logIn()
            var statuses: [Int] = []
            for _ in 0..<4 {
                _ = try await client.send("DELETE", "/cart")
                _ = try await client.put(SockShop.sport)
                statuses.append(try await client.post("/orders", "").status)
            }
            #expect(statuses == [201, 201, 201, 500])
            let queue = try await client.get("/api/queues/%2F/shipping-task", from: "rabbitmq", headers: guest).json
            #expect(queue["messages"] == 3)
            #expect(queue["consumers"] == 0)
            let last = try await client.get("/orders").json["3"]
            #expect(last?["status"] == "PAID")
            #expect(last?["shipment"] == .null)
            #expect(try await client.lines(of: "shipping").last == "Message rejected by RabbitMQ: Unknown")
            try await client.bench.shop.with { try await $0.switchOff("packers-outage") }
            try await client.bench.awaitRollout()
            try await client.bench.loop.sleep(for: .seconds(2))
            #expect(try await client.lines(of: "queue-master").filter { $0 == "Received shipment task: 57a98d98e4b00679b4a830b2" }.count == 3)
        }
    }
}
