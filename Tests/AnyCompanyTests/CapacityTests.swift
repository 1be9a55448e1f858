import Base
import HTTP
import ShopTesting
import Testing

@testable import Proving

/// The table's read units, what the SDK does without them, and what the services tell of themselves.
@Suite struct AnyCompanyCapacityTests {
    private static let refusal =
        #"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."}"#

    private static func read(_ visitor: Visitor) async throws -> ClientResponse {
        try await visitor.ask("DynamoDB_20120810.GetItem", of: "dynamodb", #"{"TableName":"ProductCatalog","Key":{"id":{"S":"\#(AnyCompany.timex)"}}}"#)
    }

    @Test func `one unit is two reads a second and ten saved ones, what is more is refused`() throws {
        try AnyCompany.visit("throttled") { visitor in
            for _ in 0..<10 { #expect(try await Self.read(visitor).status == 200) }
            let refused = try await Self.read(visitor)
            #expect(refused.status == 400)
            #expect(refused.text == Self.refusal)
            try await visitor.bench.loop.sleep(for: .milliseconds(600))
            #expect(try await Self.read(visitor).status == 200)
            #expect(try await Self.read(visitor).status == 400)
        }
    }

    @Test func `the catalog asks again after pauses that double, and nobody sees an error`() throws {
        try AnyCompany.visit("throttled") { visitor in
            for _ in 0..<10 { _ = try await Self.read(visitor) }
            _ = try await visitor.bench.forgetTelemetry()
            #expect(try await visitor.get("/api/v1/product/\(AnyCompany.timex)", from: "catalogservice").status == 200)
            let asked = try await visitor.bench.shop.outline([]).filter { $0.hasSuffix(" ProductCatalog POST /") }
            #expect(asked.count == 5)
        }
    }

    @Test func `more units mend it, whoever raises them`() throws {
        try AnyCompany.visit("throttled") { visitor in
            let raise = #"{"TableName":"ProductCatalog","ProvisionedThroughput":{"ReadCapacityUnits":40,"WriteCapacityUnits":15}}"#
            let changed = try await visitor.ask("DynamoDB_20120810.UpdateTable", of: "dynamodb", raise)
            #expect(try changed.json["TableDescription"]?["TableStatus"] == "UPDATING")
            try await visitor.bench.loop.sleep(for: .seconds(3))
            let table = try await visitor.ask("DynamoDB_20120810.DescribeTable", of: "dynamodb", #"{"TableName":"ProductCatalog"}"#)
            #expect(try table.json["Table"]?["TableStatus"] == "ACTIVE")
            #expect(try table.json["Table"]?["ProvisionedThroughput"]?["ReadCapacityUnits"] == 40)
            for _ in 0..<20 { #expect(try await Self.read(visitor).status == 200) }
        }
    }

    @Test func `a product page is one trace from the front end to the table`() throws {
        let outline = try AnyCompany.visit { visitor in
            _ = try await visitor.get("/")
            _ = try await visitor.bench.forgetTelemetry()
            _ = try await visitor.get("/product/\(AnyCompany.tissot)")
            return try await visitor.bench.shop.outline(["ProductID"])
        }
        #expect(outline.first?.hasSuffix(" Frontend GET /product/{id} ProductID=\(AnyCompany.tissot)") == true)
        for (end, count) in [
            (" Frontend catalogservice", 1), (" Frontend recommenderservice", 1), (" recommenderservice catalogservice", 3),
            (" catalogservice GET /api/v1/product/<product_id>", 4), (" ProductCatalog POST /", 4),
        ] { #expect(outline.count { $0.hasSuffix(end) } == count, "\(end)") }
    }

    @Test func `access lines look as morgan's and gunicorn's`() throws {
        try AnyCompany.visit { visitor in
            _ = try await visitor.get("/product/\(AnyCompany.tissot)")
            let front = try #require(try await visitor.lines(of: "frontend").last)
            #expect(front.hasPrefix("::ffff:"))
            #expect(front.contains(" - - [01/Jan/2026:12:00:0"))
            let line = try #require(try await visitor.lines(of: "catalogservice").first)
            #expect(line.contains("\"GET /api/v1/product/\(AnyCompany.tissot) HTTP/1.1\" 200 "))
            #expect(line.hasSuffix(" \"-\" \"axios/0.21.4\""))
        }
    }
}
