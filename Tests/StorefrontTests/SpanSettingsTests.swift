import Base
import HTTP
import ShopTesting
import Telemetry
import Testing

@testable import Storefront

/// What spans of the same request, call and statement are called under each convention.
struct SpanSettingsTests {
    private static func pack(_ telemetry: String, settings: String = "") -> TestPack {
        TestPack(
            routes: #"""
                "GET /items/{id}": { "name": "Items#show", "attributes": { "route.own": true }, "steps": [
                  { "step": "row", "do": "db.query", "sql": "SELECT name FROM product WHERE id = :id", "values": { "id": 1 } },
                  { "step": "price", "do": "call", "service": "prices", "path": "/prices/1?unit=cents" },
                  { "do": "respond", "text": "ok" } ] },
                "GET /broken": [ { "do": "fail", "message": "no", "type": "Trouble" } ]
                """#, settings: #""language": "ruby", \#(settings) "telemetry": { \#(telemetry) },"#)
    }

    /// Attributes of the shop's own spans that carry no place, by kind.
    private static func attributes(_ pack: TestPack, _ target: String = "/items/7?b=1&a=2&b=3") throws -> [String: [String]] {
        try withShop(pack) { shop in
            _ = await shop.get(target, headers: ["Host": "kiosk.test:3000", "User-Agent": "curl/8"])
            return try await shop.with { core in
                var found: [String: [String]] = [:]
                for span in core.recorder.spans().elements where span.template.service.name == "shop" {
                    let own = span.allAttributes.filter { !["operation.name", "resource.name", "span.type", "code.file.path", "code.line.number"].contains($0.name) }
                    found[span.template.type] = own.map { "\($0.name)=\($0.value.text)" }
                }
                return found
            }
        }
    }

    @Test func `Datadog's tracers`() throws {
        let found = try Self.attributes(Self.pack(#""conventions": "datadog""#, settings: #""requestIDHeader": "X-Request-Id","#))
        let web = found["web"] ?? []
        #expect(
            web.filter { !$0.hasPrefix("runtime-id=") && !$0.hasPrefix("http.request_id=") } == [
                "http.method=GET", "env=test", "version=1.0", "language=ruby", "system.pid=1", "route.own=true", "http.url=http://kiosk.test:3000/items/7", "http.status_code=200",
            ])
        #expect(web.filter { $0.count == "runtime-id=".count + 36 }.count == 1)
        #expect(web.filter { $0.hasPrefix("http.request_id=") }.count == 1)
        #expect(found["http"] == ["http.method=GET", "http.url=http://prices:3001/prices/1", "http.status_code=200", "out.host=prices", "out.port=3001"])
        #expect(found["sql"] == ["db.rowcount=1", "sql.rows=1"])
        let broken = try Self.attributes(Self.pack(#""conventions": "datadog""#), "/broken")["web"] ?? []
        #expect(broken.suffix(4) == ["http.status_code=500", "error.type=Trouble", "error.msg=no", "error.stack=services/shop.json:20:in `GET /broken'"])
    }

    @Test func `OpenTelemetry's stable conventions, which hold when nothing is said`() throws {
        for telemetry in ["", #""conventions": ["opentelemetry"]"#] {
            let found = try Self.attributes(Self.pack(telemetry))
            #expect(
                found["web"] == [
                    "http.request.method=GET", "http.route=/items/{id}", "url.scheme=http", "route.own=true", "url.path=/items/7", "url.query=b=1&a=2&b=3", "http.response.status_code=200",
                    "server.address=kiosk.test", "server.port=3000", "client.address=127.0.0.1", "user_agent.original=curl/8",
                ])
            #expect(
                found["http"] == [
                    "http.request.method=GET", "peer.service=prices", "url.full=http://prices:3001/prices/1?unit=cents", "http.response.status_code=200", "server.address=prices",
                    "server.port=3001",
                ])
            #expect(found["sql"] == ["db.query.text=SELECT name FROM product WHERE id = ?", "db.response.returned_rows=1"])
        }
        #expect(try Self.attributes(Self.pack(""), "/broken")["web"]?.last == "error.type=Trouble")
    }

    @Test func `OpenTelemetry's conventions before they were stable`() throws {
        let found = try Self.attributes(Self.pack(#""conventions": "opentelemetry-old""#))
        #expect(
            found["web"] == [
                "http.method=GET", "http.scheme=http", "http.flavor=1.1", "http.route=/items/{id}", "route.own=true", "http.host=kiosk.test:3000", "net.host.name=kiosk.test:3000",
                "net.host.port=3000", "http.target=/items/7?b=1&a=2&b=3", "net.peer.ip=127.0.0.1", "http.user_agent=curl/8", "http.status_code=200",
            ])
        #expect(found["http"] == ["http.method=GET", "http.url=http://prices:3001/prices/1?unit=cents", "http.status_code=200"])
        #expect(found["sql"] == ["db.statement=SELECT name FROM product WHERE id = ?"])
    }

    @Test func `several conventions at once give every name once, a pack's own wins`() throws {
        let telemetry = #""conventions": ["opentelemetry-old", "datadog"], "server": { "attributes": { "http.status_code": "is {status}", "http.url": "{path}{keys}" } }"#
        let web = try #require(try Self.attributes(Self.pack(telemetry))["web"])
        #expect(Set(web.map { $0.prefix { $0 != "=" } }).count == web.count)
        for text in ["http.status_code=is 200", "http.url=/items/7?b&a", "http.target=/items/7?b=1&a=2&b=3", "system.pid=1"] { #expect(web.contains(text)) }
    }

    @Test func `a span that no route made knows its method all the same`() throws {
        let web = try #require(try Self.attributes(Self.pack(#""conventions": "datadog""#), "/none")["web"])
        #expect(web.contains("http.method=GET") && web.contains("http.status_code=404") && !web.contains("route.own=true"))
    }

    @Test func `calls that come back with a failure are marked`() throws {
        let pack = TestPack(
            steps: #"{ "do": "call", "service": "prices", "path": "/none" }, { "do": "respond", "text": "ok" }"#)
        let marks = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.with { core in core.recorder.spans().elements.map { "\($0.template.service.name) \($0.template.kind.rawValue) \($0.status) \($0.isError)" } }
        }
        #expect(marks == ["prices server 404 false", "shop client 404 true", "shop server 200 false"])
    }

    @Test func `a connection is taken for the first statement and after each commit`() throws {
        let pack = TestPack(
            steps: #"""
                { "do": "db.query", "sql": "SELECT 1 FROM brand" }, { "do": "db.query", "sql": "SELECT 2 FROM brand" }, { "do": "db.execute", "sql": "UPDATE brand SET name = name" },
                { "do": "db.transaction", "steps": [ { "do": "db.execute", "sql": "DELETE FROM brand WHERE id = 97" }, { "do": "db.execute", "sql": "DELETE FROM brand WHERE id = 98" } ] },
                { "do": "db.query", "sql": "SELECT 3 FROM brand" }, { "do": "respond", "text": "ok" }
                """#, settings: #""telemetry": { "connect": { "attributes": { "net.peer.port": 5432 } }, "sql": { "resource": "{operation}" } },"#)
        let outline = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.outline(["net.peer.port"])
        }
        let connect = "  connect shop connect net.peer.port=5432"
        let statements = ["SELECT", "SELECT", "UPDATE", connect, "DELETE", "DELETE", connect, "SELECT"].map { $0 == connect ? $0 : "  db.query shop \($0)" }
        #expect(Array(outline.dropFirst()) == [connect] + statements)
    }

    @Test(arguments: [("", "PUT 404"), (#""unmatched": "{method} {path}""#, "PUT /no/where")])
    func `requests that no route takes have the name that the settings give them`(telemetry: String, name: String) throws {
        let outline = try withShop(TestPack(steps: #"{ "do": "respond", "text": "ok" }"#, settings: #""telemetry": { \#(telemetry) },"#)) { shop in
            _ = await shop.handle("shop", Request(method: "PUT", target: "/no/where?a=1"))
            return try await shop.outline([])
        }
        #expect(outline == ["http.server.request shop \(name)"])
    }

    @Test func `steps put values under names that only the request tells`() throws {
        let steps = #"{ "do": "annotate", "values": { "a": 1 }, "pairs": { "each": "n in 2 | range", "as": { "name": "product.{n}", "value": "{n * 10}" } } }, { "do": "respond", "text": "ok" }"#
        let attributes = try withShop(TestPack(steps: steps)) { shop in
            _ = await shop.get("/")
            return try await shop.with { core in core.recorder.spans().elements[0].attributes }
        }
        #expect(attributes == [Attribute("a", 1), Attribute("product.1", 10), Attribute("product.2", 20)])
    }

    @Test func `steps put values on the request's span, the last one of a name counts`() throws {
        let steps = #"{ "do": "annotate", "values": { "user.id": 7, "cart": "{2 + 1} items" } }, { "do": "annotate", "values": { "user.id": 8 } }, { "do": "respond", "text": "ok" }"#
        let attributes = try withShop(TestPack(steps: steps)) { shop in
            _ = await shop.get("/")
            return try await shop.with { core in core.recorder.spans().elements[0].attributes }
        }
        #expect(attributes == [Attribute("cart", "3 items"), Attribute("user.id", 8)])
    }

    @Test func `partials of a page are spans where the service describes them, the page's own view is none`() throws {
        let views = [
            "views/frame.mustache": "{{> head}}{{>*content}}", "views/head.mustache": "<h1>{{> name}}</h1>", "views/name.mustache": "x",
            "views/page.mustache": "{{#list}}{{> row}}{{/list}}", "views/row.mustache": "{{price}}",
        ]
        func outline(_ telemetry: String, _ list: String) throws -> [String] {
            let steps = #"{ "do": "render", "view": "page", "layout": "frame", "model": { "list": \#(list) } }"#
            let pack = TestPack(steps: steps, settings: #""exceptions": { "template": { "type": "ViewError" } }, "telemetry": { \#(telemetry) },"#, views)
            return try withShop(pack) { shop in
                _ = await shop.get("/")
                return try await shop.outline(["view", "error.type", "code.file.path"])
            }
        }
        let described = #""partial": { "name": "partial", "attributes": { "view": "{view}" } }"#
        let place = "code.file.path=services/shop.json"
        #expect(
            try outline(described, #"[{ "price": 1 }, { "price": 2 }]"#) == [
                "http.server.request shop GET /", "  template.render shop page.mustache \(place)",
                "    partial shop head.mustache view=head.mustache code.file.path=views/head.mustache",
                "      partial shop name.mustache view=name.mustache code.file.path=views/name.mustache",
                "    partial shop row.mustache view=row.mustache code.file.path=views/row.mustache", "    partial shop row.mustache view=row.mustache code.file.path=views/row.mustache",
            ])
        #expect(try outline("", #"[{ "price": 1 }]"#) == ["http.server.request shop GET /", "  template.render shop page.mustache \(place)"])
        // The error's own name stands on every span that it went through.
        #expect(
            try outline(described, #"[{ "cost": 1 }]"#).suffix(2) == [
                "      partial shop name.mustache view=name.mustache code.file.path=views/name.mustache",
                "    partial shop row.mustache view=row.mustache error.type=ViewError code.file.path=views/row.mustache",
            ])
    }

    @Test func `an error page's spans stay outside of the handler's`() throws {
        let pack = TestPack(
            steps: #"{ "step": "rows", "do": "db.query", "sql": "SELECT name FROM product" }, { "do": "fail", "message": "no" }"#,
            settings: #"""
                "errors": { "500": [ { "do": "render", "view": "home", "model": { "products": [] }, "status": 500 } ] },
                "telemetry": { "server": { "name": "request", "error": "flag", "companions": [ { "name": "controller", "adopts": true, "error": true } ] } },
                """#)
        let outline = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.outline(["error.type", "db.response.returned_rows"])
        }
        #expect(
            outline == [
                "request shop GET /", "  controller shop controller error.type=failed", "    db.query shop SELECT name FROM product db.response.returned_rows=3", "  template.render shop home.mustache",
            ])
    }

    @Test func `records made of rows are spans beside their statements, counts and single values are not`() throws {
        let pack = TestPack(
            steps: #"""
                { "step": "rows", "do": "db.query", "sql": "SELECT id, name FROM product" }, { "step": "first", "do": "db.first", "sql": "SELECT id FROM product WHERE id = 9" },
                { "step": "count", "do": "db.value", "sql": "SELECT count(*) FROM product" }, { "step": "brands", "do": "db.query", "sql": "SELECT id FROM brand" },
                { "step": "list", "do": "records.list", "from": "product" }, { "do": "respond", "text": "ok" }
                """#,
            settings: #""telemetry": { "models": { "product": "Kiosk::Product" }, "sql": { "name": "sql", "companions": [ { "service": "orm", "name": "instantiation", "resource": "{model}", "beside": true, "rows": true, "from": 0.9, "attributes": { "count": "{rows}" } } ] } },"#)
        let outline = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.outline(["count"])
        }
        #expect(
            outline == [
                "http.server.request shop GET /", "  sql shop SELECT id, name FROM product", "  instantiation orm Kiosk::Product count=3", "  sql shop SELECT id FROM product WHERE id = 9",
                "  sql shop SELECT count(*) FROM product", "  sql shop SELECT id FROM brand",
                "  sql shop SELECT product.id, product.name, product.price_cents, product.brand_id FROM product", "  instantiation orm Kiosk::Product count=3",
            ])
    }
}
