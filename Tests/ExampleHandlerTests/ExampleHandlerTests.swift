import Base
import HTTP
import Handlers
import Packs
import Storefront
import Testing

/// The library product at work: a pack with an operation that the program does not bring along.
struct ExampleHandlerTests {
    private static let files = PackFiles(
        origin: "bonus",
        contents: [
            "pack.json": #"{ "name": "bonus", "title": "Bonus", "description": "Points.", "services": ["till"], "entry": "till" }"#,
            "services/till.json": #"""
            { "port": 8080, "routes": { "GET /points/{cents}": [
                { "step": "bonus", "do": "loyalty.points", "cents": "route.cents | int", "centsPerPoint": 50 },
                { "step": "answer", "do": "respond", "json": { "points": "{bonus.points}", "message": "{bonus.message}" } } ] } }
            """#,
            "faults.json": "{}", "states.json": #"{ "fixed": { "title": "Well", "aliases": ["broken"] } }"#,
        ].mapValues { Array($0.utf8) })

    private static let handlers = HandlerRegistry.builtIn.adding([LoyaltyHandler()])

    @Test(arguments: [("120", 200, #"{"points":2,"message":"2 points for you"}"#), ("free", 400, #"{"error":"points need a price"}"#)])
    func `a handler of one's own answers requests`(_ cents: String, _ status: Int, _ body: String) throws {
        let prepared = try PreparedPack(Self.files, handlers: Self.handlers)
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let shop = Shop(name: "bonus", loop: loop)
        let response = try loop.run {
            try await shop.open { loop in try await ShopCore.make(prepared, state: "fixed", configuration: ShopConfiguration(), on: loop) }
            return await shop.handle("till", Request(method: "GET", target: "/points/\(cents)"))
        }
        #expect(response.status == status)
        #expect(String(decoding: response.bodyBytes, as: UTF8.self) == body)
    }

    @Test func `its options are validated and are part of the schema`() throws {
        var contents = Self.files.contents
        contents["services/till.json"] = Array(
            String(decoding: contents["services/till.json"]!, as: UTF8.self).replacing(#""centsPerPoint": 50"#, with: #""centsPerPiont": 50"#).utf8)
        let wrong = PackFiles(origin: "bonus", contents: contents)
        let error = #expect(throws: Problems.self) { try PreparedPack(wrong, handlers: Self.handlers) }
        #expect(error?.list.map(\.message) == [#"unknown name "centsPerPiont"; did you mean "centsPerPoint"?"#])
        #expect(throws: Problems.self) { try PreparedPack(Self.files, handlers: .builtIn) }
        let schema = try #require(SchemaWriter.all(Self.handlers).first { $0.name == "service.schema.json" }?.schema)
        #expect(schema.json().contains("loyalty.points"))
    }
}
