import Base
import HTTP
import ShopTesting
import Storefront
import Telemetry
import Testing

struct DatabaseHandlerTests {
    @Test(arguments: [
        (
            #"{ "step": "r", "do": "db.query", "sql": "SELECT id, name FROM product WHERE price_cents < :limit ORDER BY id", "values": { "limit": 400 } }"#,
            #"[{"id":1,"name":"Tea"},{"id":3,"name":"Spoon"}]"#
        ),
        (#"{ "step": "r", "do": "db.query", "sql": "SELECT id FROM product WHERE id > 10" }"#, "[]"),
        (#"{ "step": "r", "do": "db.first", "sql": "SELECT name FROM product WHERE id = :id", "values": { "id": 2 } }"#, #"{"name":"Cup"}"#),
        (#"{ "step": "r", "do": "db.first", "sql": "SELECT name FROM product WHERE id = 10" }"#, "null"),
        (#"{ "step": "r", "do": "db.value", "sql": "SELECT COUNT(*) FROM product" }"#, "3"),
        (#"{ "step": "r", "do": "db.value", "sql": "SELECT id FROM product WHERE id = 10" }"#, "null"),
        (#"{ "step": "r", "do": "db.execute", "sql": "UPDATE product SET price_cents = price_cents + 1 WHERE brand_id = 1" }"#, "2"),
        (#"{ "step": "r", "do": "db.insert", "table": "brand", "values": { "name": "West" } }"#, "3"),
        (
            #"{ "step": "r", "do": "db.update", "table": "product", "values": { "name": "{'Pot'}" }, "where": "name = :name", "parameters": { "name": "Cup" } }"#,
            "1"
        ),
        (
            #"{ "do": "db.update", "table": "product", "values": { "name": "Pot" }, "where": "id = 2" }, { "step": "r", "do": "db.value", "sql": "SELECT name FROM product WHERE id = 2" }"#,
            #""Pot""#
        ),
    ])
    func `a database operation gives this`(_ steps: String, _ expected: String) throws {
        #expect(try answer(TestPack(steps: steps + #", { "do": "respond", "json": "{r}" }"#)) == expected)
    }

    @Test(arguments: [0, 1, 3, 100, 230]) func `rows of a list are added by one statement for each hundred`(count: Int) throws {
        let pack = TestPack(
            steps: #"""
                { "step": "added", "do": "db.insertAll", "table": "brand", "each": "n in \#(count) | range", "values": { "name": "B{n}" } },
                { "step": "names", "do": "db.query", "sql": "SELECT name FROM brand WHERE name LIKE 'B%' AND name <> 'B' ORDER BY id" },
                { "do": "respond", "text": "{added} {names.count} {names | pluck: 'name' | drop: \#(count - 1) | join: ' '}" }
                """#)
        let (text, statements) = try withShop(pack) { shop in (await shop.get("/").text, try await shop.statementCount()) }
        #expect(text == "\(count) \(count) \(count == 0 ? "" : "B\(count)")")
        #expect(statements == 1 + (count + 99) / 100)
    }

    @Test func `a transaction that fails leaves nothing behind, one that ends keeps all`() throws {
        let pack = TestPack(
            routes: #"""
                "POST /": [ { "do": "db.transaction", "steps": [
                    { "do": "db.insert", "table": "brand", "values": { "name": "West" } }, { "do": "db.insert", "table": "brand", "values": { "name": "East" } },
                    { "do": "when", "if": "request.query.fail", "then": [ { "do": "fail", "message": "changed my mind" } ] } ] }, { "do": "respond", "text": "ok" } ],
                "GET /": [ { "step": "n", "do": "db.value", "sql": "SELECT COUNT(*) FROM brand" }, { "do": "respond", "text": "{n}" } ]
                """#)
        let answers = try withShop(pack) { shop in
            var answers: [String] = []
            for target in ["/?fail=1", "/"] {
                let status = await shop.handle("shop", Request(method: "POST", target: target)).status
                answers.append("\(status) \(await shop.get("/").text)")
            }
            return answers
        }
        #expect(answers == ["500 2", "200 4"])
    }

    @Test func `a constraint has its kind and tells no values`() throws {
        let steps =
            #"{ "do": "attempt", "steps": [ { "do": "db.insert", "table": "product", "values": { "name": "secret", "price_cents": 1, "brand_id": 99 } } ], "rescue": [ { "do": "respond", "text": "{error.kind}: {error.message}" } ] }, { "do": "respond", "text": "stored" }"#
        let text = try answer(TestPack(steps: steps))
        #expect(text.hasPrefix("constraint: "))
        #expect(!text.contains("secret"))
    }

    @Test func `connections that are held make others wait, and fail when the wait is over`() throws {
        let settings = #""connections": 2, "exceptions": { "poolExhausted": { "type": "TimeoutError" } }, "#
        let pack = TestPack(
            routes: #"""
                "GET /hold": [ { "do": "db.hold", "connections": 2, "forMilliseconds": 1500 }, { "do": "respond", "text": "held" } ],
                "GET /leak": [ { "do": "db.hold", "connections": 2 }, { "do": "respond", "text": "leaked" } ],
                "GET /": [ { "do": "attempt", "steps": [ { "do": "db.query", "sql": "SELECT id FROM product" } ], "rescue": [ { "do": "respond", "text": "{error.type} {error.kind}" } ] }, { "do": "respond", "text": "ok" } ]
                """#, settings: settings,
            ["services/prices.json": #"{ "port": 3001, "routes": { "GET /": [ { "do": "respond", "text": "x" } ] } }"#])
        let (texts, waits) = try withShop(pack) { shop in
            var texts: [String] = []
            var waits: [Double] = []
            for target in ["/hold", "/", "/leak", "/"] {
                let start = shop.loop.now
                texts.append(await shop.get(target).text)
                waits.append((shop.loop.now - start).milliseconds)
            }
            try await shop.with { try await $0.reset() }
            texts.append(await shop.get("/").text)
            return (texts, waits)
        }
        #expect(texts == ["held", "ok", "leaked", "TimeoutError poolExhausted", "ok"])
        #expect((1_490...1_510).contains(waits[1]))
        #expect((4_990...5_010).contains(waits[3]))
    }

    @Test func `the pool's limit, use and waits are metrics`() throws {
        let pack = TestPack(
            routes: #"""
                "GET /hold": [ { "do": "db.hold", "connections": 2, "forMilliseconds": 1500 }, { "do": "respond", "text": "held" } ],
                "GET /": [ { "do": "db.query", "sql": "SELECT id FROM product" }, { "do": "respond", "text": "ok" } ]
                """#, settings: #""connections": 2, "#)
        let lines = try withShop(pack) { shop in
            func readings() async throws -> [String] {
                try await shop.with { core in
                    core.refreshPoolMetrics()
                    return String(decoding: PrometheusText.render(core.recorder.metricFamilies()), as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("db_client_connection") }.map(String.init)
                }
            }
            _ = await shop.get("/hold")
            let held = try await readings()
            _ = await shop.get("/")
            return try await held + readings()
        }
        func values(_ name: String) -> [Double] { lines.filter { $0.hasPrefix("db_client_connection_\(name)") }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } } }
        #expect(values("max") == [2, 2])
        #expect(values("used") == [2, 0])
        #expect(values("waits") == [0, 1])
        #expect(values("waited").last.map { (1.49...1.51).contains($0) } == true)
    }

    @Test func `a query in simulated time takes a little and leaves a span with its text`() throws {
        let span = try withShop(
            TestPack(
                steps:
                    #"{ "do": "db.query", "sql": "SELECT name FROM product WHERE id = :id", "values": { "id": 1 } }, { "do": "respond", "text": "ok" }"#
            )
        ) { shop in
            _ = await shop.get("/")
            return try await shop.with { core in
                core.recorder.spans().elements.first { $0.template.type == "sql" }.map {
                    ($0.template.resource, $0.durationNanoseconds, $0.template.attributes, $0.computedAttributes)
                }
            }
        }
        let (resource, nanoseconds, place, own) = try #require(span)
        #expect(resource == "SELECT name FROM product WHERE id = ?")
        #expect(nanoseconds == 300_000)
        #expect(place.map(\.name) == ["db.query.text", "code.file.path", "code.line.number"])
        #expect(own.map { "\($0.name)=\($0.value.text)" } == ["db.response.returned_rows=1"])
    }
}

struct DigestTests {
    /// Test vectors: RFC 1321 §A.5, FIPS 180-4's "abc", RFC 4231 §4.3.
    @Test(arguments: [
        (#""algorithm": "md5", "text": "abc""#, "900150983cd24fb0d6963f7d28e17f72"),
        (#""algorithm": "sha1", "text": "abc""#, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (#""text": "abc""#, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (#""text": "what do ya want for nothing?", "key": "Jefe""#, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (#""algorithm": "md5", "text": "abc", "encoding": "base64""#, "kAFQmDzST7DWlj99KOF/cg=="),
        (#""algorithm": "md5", "text": "abc", "encoding": "base64url""#, "kAFQmDzST7DWlj99KOF_cg"),
    ])
    func `a digest is that of the standards`(_ options: String, _ expected: String) throws {
        #expect(try answer(TestPack(steps: #"{ "step": "d", "do": "digest", \#(options) }, { "do": "respond", "text": "{d}" }"#)) == expected)
    }
}

struct PagesTests {
    @Test func `a page stands in its layout, with status, fields and entity tag`() throws {
        let pack = TestPack(
            steps:
                #"{ "do": "render", "view": "home", "layout": "frame", "status": 201, "headers": { "X-A": "{1 + 1}" }, "etag": true, "model": { "title": "A & B", "products": [ { "name": "<Tea>" } ] } }"#,
            ["views/frame.mustache": "<h1>{{title}}</h1>{{>*content}}"])
        let response = try withShop(pack) { await $0.get("/") }
        #expect(response.status == 201)
        #expect(response.text == "<h1>A &amp; B</h1><ul>\n<li>&lt;Tea&gt;</li>\n</ul>\n")
        #expect(response.headers["X-A"] == "2")
        #expect(response.headers["ETag"] != nil)
    }

    @Test func `a replaced view keeps the name of the one that it replaces`() throws {
        let pack = TestPack(
            steps:
                #"{ "do": "attempt", "steps": [ { "do": "render", "view": "home", "model": {} } ], "rescue": [ { "do": "respond", "text": "{error.file}:{error.line}" } ] }"#,
            settings: #""views": { "home": "home.wrong" },"#, ["views/home.wrong.mustache": "<p>\n{{missing}}\n"])
        #expect(try answer(pack) == "views/home.mustache:2")
    }
}
