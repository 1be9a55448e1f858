import Base
import HTTP
import Packs
import ShopTesting
import Storefront
import Telemetry
import Testing

struct CacheTests {
    /// Tells the price of tea and how often it was asked for; `POST` changes the price behind the cache's back, `DELETE` tells the cache.
    private static func pack(keepSeconds: String = "60", telemetry: String = #""cache": { "name": "cache", "service": "shop-cache" }"#) -> TestPack {
        TestPack(
            routes: """
                "GET /": [
                  { "step": "price", "do": "cache.fetch", "key": "price 1", "keepSeconds": \(keepSeconds),
                    "steps": [ { "step": "row", "do": "db.first", "sql": "SELECT price_cents FROM product WHERE id = 1" } ], "gives": "{row.price_cents}" },
                  { "do": "respond", "text": "{price}" } ],
                "POST /": [ { "do": "db.execute", "sql": "UPDATE product SET price_cents = price_cents + 1 WHERE id = 1" }, { "do": "respond", "text": "ok" } ],
                "DELETE /": [ { "do": "cache.delete", "key": "price 1" }, { "do": "respond", "text": "ok" } ],
                "DELETE /all": [ { "do": "cache.delete", "startingWith": "price" }, { "do": "respond", "text": "ok" } ],
                "PUT /": [ { "do": "cache.set", "key": "price 1", "value": 5 }, { "do": "respond", "text": "ok" } ],
                "GET /look": [ { "step": "price", "do": "cache.get", "key": "price 1" }, { "do": "respond", "json": "{price}" } ],
                "GET /other": [ { "step": "price", "do": "cache.get", "key": "price 1", "cache": "second" }, { "do": "respond", "json": "{price}" } ]
                """, settings: #""telemetry": { \#(telemetry) },"#)
    }

    private static func send(_ shop: Shop, _ method: String, _ target: String = "/") async -> String {
        await shop.handle("shop", Request(method: method, target: target)).text
    }

    @Test func `a value is found out once and then kept, also when it has changed, until its time is over`() throws {
        let (texts, statements) = try withShop(Self.pack()) { shop in
            var texts = [await Self.send(shop, "GET")]
            _ = await Self.send(shop, "POST")
            try await shop.loop.sleep(for: .milliseconds(59_000))
            texts.append(await Self.send(shop, "GET"))
            try await shop.loop.sleep(for: .milliseconds(1_000))
            texts.append(await Self.send(shop, "GET"))
            return (texts, try await shop.statementCount())
        }
        #expect(texts == ["350", "350", "351"])
        #expect(statements == 3)
    }

    @Test(arguments: ["/", "/all"]) func `a change that tells the cache shows at once`(target: String) throws {
        let texts = try withShop(Self.pack()) { shop in
            var texts = [await Self.send(shop, "GET")]
            _ = await Self.send(shop, "POST")
            _ = await Self.send(shop, "DELETE", target)
            texts.append(await Self.send(shop, "GET"))
            return texts
        }
        #expect(texts == ["350", "351"])
    }

    @Test func `a time of nothing never fills the cache`() throws {
        let (texts, statements) = try withShop(Self.pack(keepSeconds: "0")) { shop in
            (try await Self.repeated(3) { await Self.send(shop, "GET") }, try await shop.statementCount())
        }
        #expect(texts == ["350", "350", "350"])
        #expect(statements == 3)
    }

    private static func repeated(_ count: Int, _ body: () async throws -> String) async throws -> [String] {
        var texts: [String] = []
        for _ in 0..<count { texts.append(try await body()) }
        return texts
    }

    @Test func `values can be set and looked up, and each cache has its own`() throws {
        let texts = try withShop(Self.pack()) { shop in
            [
                await Self.send(shop, "GET", "/look"), await Self.send(shop, "PUT"), await Self.send(shop, "GET", "/look"), await Self.send(shop, "GET"),
                await Self.send(shop, "GET", "/other"),
            ]
        }
        #expect(texts == ["null", "ok", "5", "5", "null"])
    }

    @Test func `a deployment and a reset begin with an empty cache, which a fingerprint sees`() throws {
        let (texts, isSame) = try withShop(Self.pack()) { shop in
            let fresh = try await shop.with { try await $0.fingerprint() }
            _ = await Self.send(shop, "PUT")
            let filled = try await shop.with { try await $0.fingerprint() }
            try await shop.with { core in
                let source = try core.source(of: "shop").utf8
                try await core.deploy(try JSONNode.parse(source, file: "edit"), to: "shop")
            }
            let deployed = await Self.send(shop, "GET", "/look")
            _ = await Self.send(shop, "PUT")
            try await shop.with { try await $0.reset() }
            return ([deployed, await Self.send(shop, "GET", "/look")], (fresh == filled, fresh == (try await shop.with { try await $0.fingerprint() })))
        }
        #expect(texts == ["null", "null"])
        #expect(isSame == (false, true))
    }

    @Test func `spans tell look-ups, what a miss had to do, and changes`() throws {
        let spans = try withShop(Self.pack(telemetry: #""cache": { "name": "cache", "service": "shop-cache", "attributes": { "key": "{key}", "hit": "{hit}" } }"#)) { shop in
            _ = await Self.send(shop, "GET")
            _ = await Self.send(shop, "GET")
            _ = await Self.send(shop, "DELETE")
            return try await shop.outline()
        }
        #expect(
            spans == [
                "http.server.request shop GET /", "  cache shop-cache GET key=price 1 hit=false", "    db.query shop SELECT price_cents FROM product WHERE id = 1",
                "    cache shop-cache SET key=price 1", "http.server.request shop GET /", "  cache shop-cache GET key=price 1 hit=true",
                "http.server.request shop DELETE /", "  cache shop-cache DELETE key=price 1",
            ])
    }

    @Test func `a service that does not describe its cache leaves no spans of it`() throws {
        let spans = try withShop(Self.pack(telemetry: "")) { shop in
            _ = await Self.send(shop, "GET")
            _ = await Self.send(shop, "GET")
            return try await shop.outline()
        }
        #expect(spans == ["http.server.request shop GET /", "  db.query shop SELECT price_cents FROM product WHERE id = 1", "http.server.request shop GET /"])
    }

    @Test func `hits and misses are counted`() throws {
        let text = try withShop(Self.pack()) { shop in
            for _ in 0..<3 { _ = await Self.send(shop, "GET") }
            _ = await Self.send(shop, "GET", "/other")
            return String(decoding: PrometheusText.render(try await shop.with { $0.recorder.metricFamilies() }), as: UTF8.self)
        }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("cache_lookups") }
        #expect(
            lines.sorted() == [
                #"cache_lookups_total{cache="default",result="hit",service_name="shop"} 2"#, #"cache_lookups_total{cache="default",result="miss",service_name="shop"} 1"#,
                #"cache_lookups_total{cache="second",result="miss",service_name="shop"} 1"#,
            ])
    }

    @Test func `what fails is not kept, and what answers the request is not either`() throws {
        let pack = TestPack(
            routes: #"""
                "GET /fail": [ { "step": "x", "do": "cache.fetch", "key": "k", "steps": [ { "do": "fail", "message": "no" } ], "gives": 1 }, { "do": "respond", "text": "{x}" } ],
                "GET /leave": [ { "step": "x", "do": "cache.fetch", "key": "k", "steps": [ { "do": "respond", "status": 404, "text": "none" } ], "gives": 1 }, { "do": "respond", "text": "{x}" } ],
                "GET /": [ { "step": "x", "do": "cache.get", "key": "k" }, { "do": "respond", "json": "{x}" } ]
                """#)
        let texts = try withShop(pack) { shop in
            let failed = await shop.get("/fail").status
            let left = await shop.get("/leave")
            return ["\(failed)", "\(left.status) \(left.text)", await shop.get("/").text]
        }
        #expect(texts == ["500", "404 none", "null"])
    }

    @Test func `the oldest values go when there are too many, and what was removed makes room`() {
        var cache = CacheStore(limit: 3)
        let now = Timestamp(nanoseconds: 0)
        for number in 0..<20 {
            cache.set("k\(number)", to: .int(number), until: nil)
            cache.set("kept", to: 1, until: nil)
            if number % 2 == 0 { cache.remove("k\(number)") }
        }
        #expect(cache.count <= 3)
        #expect(cache.value("k19", at: now) == 19)
        #expect(cache.value("k1", at: now) == nil)
        cache.set("k19", to: 20, until: now + .seconds(1))
        #expect(cache.value("k19", at: now) == 20)
        #expect(cache.value("k19", at: now + .seconds(1)) == nil)
    }
}
