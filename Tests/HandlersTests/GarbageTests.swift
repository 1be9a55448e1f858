import Base
import ShopTesting
import Storefront
import Testing

/// A service that stands still for two seconds every ten.
struct GarbageTests {
    private static func pack(objects: String = "20000000") -> TestPack {
        TestPack(
            routes: #"""
                "GET /": [ { "do": "respond", "text": "quick" } ],
                "GET /slow": [ { "do": "sleep", "forMilliseconds": 1000 }, { "do": "respond", "text": "slow" } ]
                """#,
            settings: #"""
                "logs": { "line": "{message}" },
                "background": { "tidy": { "everyMilliseconds": 10000, "steps": [
                  { "step": "took", "do": "garbage.collect", "objects": "\#(objects)" }, { "do": "log", "text": "{took}" } ] } },
                """#)
    }

    /// When, in milliseconds since the start, an answer comes to a request that is sent at a time.
    private static func answered(_ target: String, at milliseconds: Int, from service: String = "shop", pack: TestPack = pack()) throws -> Int64 {
        try withShop(pack) { shop in
            try await shop.loop.sleep(for: .milliseconds(milliseconds))
            _ = await shop.get(target, from: service)
            return Int64((shop.loop.now - startOfTests).milliseconds)
        }
    }

    @Test(arguments: [("/", 9_000, 9_000), ("/", 10_500, 12_000), ("/slow", 9_500, 12_000), ("/slow", 8_500, 9_500), ("/slow", 10_500, 13_000), ("/", 12_500, 12_500)])
    func `requests that come or are inside meanwhile wait`(target: String, sent: Int, expected: Int64) throws {
        #expect(try Self.answered(target, at: sent) == expected)
    }

    @Test func `other services go on`() throws {
        #expect(try Self.answered("/prices/1", at: 10_500, from: "prices") < 10_600)
    }

    @Test func `it takes as long as there are objects, and says so`() throws {
        let lines = try withShop(Self.pack(objects: "500 * 10000")) { shop in
            try await shop.loop.sleep(for: .seconds(11))
            return try await shop.with { core in core.recorder.logs().elements.map(\.line) }
        }
        #expect(lines == ["0.5"])
    }

    /// How long a request takes that comes half a second into the standstill, after something has happened.
    private static func wait(after change: @escaping @Sendable (ShopCore) async throws -> Void) throws -> Duration {
        try withShop(pack()) { shop in
            try await shop.loop.sleep(for: .milliseconds(10_500))
            try await shop.with(change)
            let start = shop.loop.now
            _ = await shop.get("/")
            return shop.loop.now - start
        }
    }

    @Test func `a new version and a reset begin at once`() throws {
        #expect(try Self.wait { _ in } == .milliseconds(1_500))
        #expect(try Self.wait { try await $0.reset() } == .zero)
        #expect(try Self.wait { try await $0.deploy($0.service(named: "shop")!.wiring, to: "shop") } == .zero)
    }
}
