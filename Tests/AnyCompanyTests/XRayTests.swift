import Base
import HTTP
import Telemetry
import Testing
import XRay

@testable import Proving

/// What the services' X-Ray SDKs would have sent, field by field as the original's do.
@Suite struct AnyCompanyXRayTests {
    /// Segment documents of everything so far, sampled or not, by the service's name.
    private static func documents(_ visitor: Visitor) async throws -> [String: [Value]] {
        let texts = try await visitor.bench.shop.with { core in
            var texts: [[UInt8]] = []
            TraceView(of: core.recorder).forEachRecorded { id, spans in
                let rule = core.recorder.sampling.decision(of: id)?.rule ?? ""
                texts += SegmentBuilder(spans, rule: rule).segments().map(SegmentWriter.document)
            }
            return texts
        }
        return Dictionary(grouping: try texts.map { try Value.parse(json: $0) }) { $0["name"]?.text ?? "" }
    }

    private static func seconds(_ value: Value?) -> Double { value?.number ?? .nan }

    @Test func `a product page is told as the SDKs for Node and Python tell it`() throws {
        try AnyCompany.visit { visitor in
            _ = try await visitor.get("/")
            _ = try await visitor.bench.forgetTelemetry()
            _ = try await visitor.send("GET", "/product/\(AnyCompany.tissot)?from=mail", headers: ["User-Agent": "Mozilla/5.0"])
            let all = try await Self.documents(visitor)
            #expect(all.mapValues(\.count) == ["Frontend": 1, "catalogservice": 4, "recommenderservice": 1])
            let front = try #require(all["Frontend"]?.first)
            #expect(front["origin"] == "AWS::ECS::Container" && front["parent_id"] == nil && front["in_progress"] == nil && front["fault"] == nil && front["type"] == nil)
            #expect(front["aws"]?["xray"]?["sdk"] == "X-Ray for Node.js" && front["aws"]?["xray"]?["rule_name"] == "Default" && front["service"]?["runtime"] == "node")
            let request = try #require(front["http"]?["request"])
            #expect(request["url"]?.text.hasSuffix("/product/\(AnyCompany.tissot)?from=mail") == true && request["client_ip"]?.text.hasPrefix("::ffff:") == true && request["user_agent"] == "Mozilla/5.0")
            #expect(front["http"]?["response"] == .object(["status": 200]))
            #expect(front["annotations"]?["ProductID"]?.text == AnyCompany.tissot && front["annotations"]?["UserID"]?.text.count == 32)
            // Redis is not instrumented: sessions leave nothing.
            let calls = try #require(front["subsegments"]?.elements)
            #expect(calls.map { $0["name"] } == ["catalogservice", "recommenderservice"] && calls.allSatisfy { $0["namespace"] == "remote" && $0["traced"] == nil && $0["parent_id"] == nil })
            #expect(calls[0]["http"]?["request"] == .object(["url": .string("http://catalogservice/api/v1/product/\(AnyCompany.tissot)"), "method": "GET"]))
            let catalog = try #require(all["catalogservice"]?.first { $0["parent_id"] == calls[0]["id"] })
            #expect(catalog["aws"]?["xray"] == .object(["sdk": "X-Ray for Python", "sdk_version": "2.8.0"]) && catalog["in_progress"] == false && catalog["trace_id"] == front["trace_id"])
            #expect(catalog["http"]?["request"]?["url"]?.text == "http://catalogservice/api/v1/product/\(AnyCompany.tissot)" && (catalog["http"]?["response"]?["content_length"]?.integer ?? 0) > 200)
            let read = try #require(catalog["subsegments"]?["0"])
            #expect(read["name"] == "dynamodb" && read["namespace"] == "aws" && read["type"] == "subsegment" && read["parent_id"] == catalog["id"] && read["http"] == .object(["response": .object(["status": 200])]))
            #expect(read["aws"]?["operation"] == "GetItem" && read["aws"]?["table_name"] == "ProductCatalog" && read["aws"]?["region"] == "us-west-2" && read["aws"]?["request_id"]?.text.count == 32)
            #expect(all["recommenderservice"]?[0]["subsegments"]?.elements?.map { $0["http"]?["request"]?["method"] } == ["GET", "GET", "GET"])
        }
    }

    @Test func `a table that refuses is an error and a fault of the caller, told once for ten attempts`() throws {
        try AnyCompany.visit("throttled") { visitor in
            let loop = visitor.bench.loop
            let crowd = (0..<150).map { _ in Task(executorPreference: loop) { try await visitor.get("/api/v1/product/\(AnyCompany.timex)", from: "catalogservice").status } }
            var statuses: [Int] = []
            for visit in crowd { statuses.append(try await visit.value) }
            #expect(statuses.contains(500) && statuses.contains(200))
            let all = try #require(try await Self.documents(visitor)["catalogservice"])
            let failed = try #require(all.first { $0["fault"] == true })
            #expect(failed["http"]?["response"]?["status"] == 500 && failed["error"] == nil && failed["cause"] == nil && failed["subsegments"]?.elements?.count == 1)
            let read = try #require(failed["subsegments"]?["0"])
            #expect(read["http"]?["response"]?["status"] == 400 && read["error"] == true && read["fault"] == true && read["throttle"] == nil)
            let exception = try #require(read["cause"]?["exceptions"]?["0"])
            #expect(read["cause"]?["working_directory"] == "/usr/src/app" && exception["remote"] == true && exception["type"] == "ProvisionedThroughputExceededException" && exception["id"]?.text.count == 16)
            #expect(
                exception["message"]?.text
                    == "An error occurred (ProvisionedThroughputExceededException) when calling the GetItem operation (reached max retries: 9): The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
            #expect(Self.seconds(read["end_time"]) - Self.seconds(read["start_time"]) > 25.5)
            let patient = try #require(all.first { $0["fault"] == nil && Self.seconds($0["end_time"]) - Self.seconds($0["start_time"]) > 1 })
            #expect(patient["subsegments"]?.elements?.count == 1 && patient["subsegments"]?["0"]?["error"] == nil)
        }
    }

    @Test func `an order goes to cart, catalog and queue`() throws {
        try AnyCompany.visit { visitor in
            for product in [AnyCompany.tissot, AnyCompany.timex] { _ = try await visitor.add(product) }
            _ = try await visitor.get("/cart")
            _ = try await visitor.checkOut()
            _ = try await visitor.bench.forgetTelemetry()
            _ = try await visitor.post("/cart/order", form: "")
            let all = try await Self.documents(visitor)
            let calls = try #require(all["orderservice"]?[0]["subsegments"]?.elements)
            #expect(calls.map { $0["name"] } == ["cartservice", "catalogservice", "catalogservice", "sqs"])
            #expect(calls[0]["http"]?["request"]?["method"] == "get" && calls[1]["http"]?["request"]?["method"] == "GET")
            let sent = try #require(calls[3]["aws"])
            #expect(sent["operation"] == "SendMessage" && sent["queue_url"] == "https://queue.amazonaws.com/123456789012/demostore-orderqueue" && sent["delay_seconds"] == 20 && sent["message_id"]?.text.count == 36)
            let front = try #require(all["Frontend"]?[0])
            #expect(front["http"]?["response"]?["status"] == 302 && front["fault"] == nil && front["subsegments"]?.elements?.map { $0["http"]?["request"]?["method"] } == ["POST", "DELETE"])
        }
    }

    @Test func `a service that is down is a fault of the call alone where the caller goes on`() throws {
        try AnyCompany.visit("killed-recommender") { visitor in
            _ = try await visitor.get("/product/\(AnyCompany.tissot)")
            let front = try #require(try await Self.documents(visitor)["Frontend"]?[0])
            let call = try #require(front["subsegments"]?["1"])
            #expect(front["fault"] == nil && front["cause"] == nil && call["fault"] == true && call["http"]?["response"] == nil && call["http"]?["request"]?["url"]?.text.hasPrefix("http://recommenderservice/") == true)
            let exception = try #require(call["cause"]?["exceptions"]?["0"])
            #expect(exception["type"] == "Error" && exception["remote"] == false && exception["message"]?.text.contains("ECONNREFUSED") == true)
        }
        try AnyCompany.visit("killed-catalog") { visitor in
            _ = try await visitor.get("/product/\(AnyCompany.tissot)")
            _ = try await visitor.send("POST", "/api/v1/cart", to: "cartservice", #"{"product_id":"\#(AnyCompany.tissot)","cart_id":"c"}"#)
            let all = try await Self.documents(visitor)
            // The page for errors keeps the SDK from seeing what was thrown.
            let front = try #require(all["Frontend"]?[0])
            #expect(front["fault"] == true && front["cause"] == nil && front["http"]?["response"]?["status"] == 500)
            // In Python the request's exception is the one that the call has told.
            let cart = try #require(all["cartservice"]?[0])
            #expect(cart["fault"] == true && cart["cause"] == cart["subsegments"]?["0"]?["cause"]?["exceptions"]?["0"]?["id"] && cart["cause"]?.text.count == 16)
        }
    }

    @Test func `requests that end before the SDK's part begins leave no segment`() throws {
        try AnyCompany.visit("sessions-gone") { visitor in
            _ = try await visitor.get("/")
            _ = try await visitor.get("/healthz")
            _ = try await visitor.get("/api/v1/healthz", from: "cartservice")
            let all = try await Self.documents(visitor)
            #expect(all["Frontend"] == nil && all["cartservice"]?.count == 1 && all["redis"] == nil)
        }
    }

    @Test func `only X-Ray tells that a picture is the wrong one`() throws {
        try AnyCompany.visit { visitor in
            for path in ["/products-nothing.jpg", "/products-timex-leather.jpg?width=wide", "/products-timex-leather.jpg", "/a/b"] { #expect(try await visitor.get(path, from: "imageservice").status == 200) }
            let all = try #require(try await Self.documents(visitor)["ImageService"])
            #expect(all.map { $0["fault"] == true } == [true, true, false, false] && all.allSatisfy { $0["http"]?["response"]?["status"] == 200 })
            #expect(all.prefix(2).map { $0["cause"]?["exceptions"]?["0"]?["message"] } == ["Input file is missing", "Expected positive integer for width and height"])
            let resize = try #require(all[2]["subsegments"]?["0"])
            #expect(resize["name"] == "ImageResize" && resize["namespace"] == nil && all[3]["subsegments"] == nil)
        }
    }

    @Test(arguments: [("Sampled=1", true), ("Sampled=0", false)]) func `a caller's trace goes on through all services with its decision`(decision: String, isSampled: Bool) throws {
        try AnyCompany.visit { visitor in
            let root = "Root=1-6553f100-4dad3990000d9fd760e25a66"
            _ = try await visitor.send("GET", "/product/\(AnyCompany.tissot)", headers: ["X-Amzn-Trace-Id": "\(root);Parent=53995c3f42cd8ad8;\(decision);Lineage=1:2"])
            let all = try await Self.documents(visitor)
            #expect(all["Frontend"]?[0]["parent_id"] == "53995c3f42cd8ad8" && all.values.joined().allSatisfy { $0["trace_id"] == "1-6553f100-4dad3990000d9fd760e25a66" })
            #expect(all["Frontend"]?[0]["aws"]?["xray"]?["rule_name"] == nil)
            let known = try await visitor.bench.shop.with { $0.recorder.sampling.isSampled(TraceID(amazon: "1-6553f100-4dad3990000d9fd760e25a66")!) }
            #expect(known == isSampled)
        }
    }

    @Test func `answers name the trace always in Python, and in Node to those who ask`() throws {
        try AnyCompany.visit { visitor in
            let path = "/api/v1/product/\(AnyCompany.tissot)"
            let python = try await visitor.get(path, from: "catalogservice").headers["X-Amzn-Trace-Id"]
            #expect(python?.hasPrefix("Root=1-") == true && python?.contains("Sampled") == false)
            #expect(try await visitor.get("/").headers["X-Amzn-Trace-Id"] == nil)
            let asking: Headers = ["X-Amzn-Trace-Id": "Root=1-6553f100-4dad3990000d9fd760e25a66;Sampled=?"]
            for service in ["frontend", "catalogservice"] {
                // What was asked before has used up its second.
                try await visitor.bench.loop.sleep(for: .seconds(1))
                let answer = try await visitor.send("GET", "/", to: service, headers: asking).headers["X-Amzn-Trace-Id"]
                #expect(answer == "Root=1-6553f100-4dad3990000d9fd760e25a66;Sampled=1", "\(service)")
            }
        }
    }

    @Test func `the first of a second is sampled, and few others`() throws {
        try AnyCompany.visit { visitor in
            for _ in 0..<200 { _ = try await visitor.get("/static") }
            let (kept, seconds) = try await visitor.bench.shop.with { core in
                let spans = core.recorder.spans().elements.filter { $0.parent == 0 && $0.template.service.name == "Frontend" }
                return (spans.count { core.recorder.sampling.isSampled($0.trace) }, Set(spans.map(\.start.seconds)).count)
            }
            #expect(kept >= seconds && kept < seconds + 30 && seconds < 100)
        }
    }

    @Test func `a clock that is ahead shows in traces and in the log`() throws {
        let leads = try ["catalog-clock-ahead", nil].map { fault in
            try AnyCompany.visit { visitor in
                if let fault { try await visitor.bench.shop.with { try await $0.switchOn(fault) } }
                _ = try await visitor.get("/product/\(AnyCompany.tissot)")
                let all = try await Self.documents(visitor)
                let call = try #require(all["Frontend"]?[0]["subsegments"]?["0"])
                let catalog = try #require(all["catalogservice"]?.first { $0["parent_id"] == call["id"] })
                let line = try await visitor.bench.shop.with { core in core.recorder.logs().elements.filter { $0.service.name == "catalogservice" }[0].time - core.world.now }
                return (segment: Self.seconds(catalog["start_time"]) - Self.seconds(call["start_time"]), line: line / .seconds(1))
            }
        }
        #expect((4.0...4.1).contains(leads[0].segment) && (3.5...4.0).contains(leads[0].line))
        #expect((0...0.1).contains(leads[1].segment) && leads[1].line <= 0)
    }
}
