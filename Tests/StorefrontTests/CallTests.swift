import Base
import HTTP
import ShopTesting
import Storefront
import Telemetry
import Testing

struct CallTests {
    /// What `GET /` answers when it calls the service `prices`, which answers by its own steps.
    private func text(_ call: String, _ prices: String, settings: String = "") throws -> String {
        let steps = #"""
            { "do": "attempt",
              "steps": [
                { "step": "got", "do": "call", "service": "prices", "path": "/p?x=1", \#(call) "headers": { "X-A": "1" } },
                { "do": "respond", "json": { "status": "{got.status}", "ok": "{got.ok}", "json": "{got.json}", "type": "{got.type}", "a": "{got.headers.x-b?}" } } ],
              "rescue": [ { "do": "respond", "json": { "kind": "{error.kind}", "message": "{error.message}" } } ] }
            """#
        return try answer(TestPack(steps: steps, ["services/prices.json": Self.prices(prices, settings: settings)]))
    }

    /// However the answer is used: by its parts, as a whole, or passed on.
    @Test(arguments: [
        (#"{ "do": "respond", "json": "{got.json}" }"#, "[1]"),
        (#"{ "step": "all", "do": "set", "value": "{got}" }, { "do": "respond", "json": ["{all.json}", "{all.headers.x-b}", "{all.type}"] }"#, #"[[1],"2","application/json"]"#),
        (#"{ "do": "respond", "json": "{got | count}" }"#, "6"),
        (#"{ "do": "respond", "pass": "got" }"#, "[1]"),
        (#"{ "do": "when", "if": "got.headers.x-b == '2'", "then": [{ "do": "respond", "pass": "got" }] }"#, "[1]"),
    ])
    func `the parts of an answer are there where they are used`(steps: String, expected: String) throws {
        let call = #"{ "step": "got", "do": "call", "service": "prices", "path": "/p" }, "# + steps
        #expect(try answer(TestPack(steps: call, ["services/prices.json": Self.prices(#"{ "do": "respond", "headers": { "X-B": "2" }, "json": [1] }"#)])) == expected)
    }

    private static func prices(_ steps: String, settings: String = "") -> String {
        #"{ "port": 3001, \#(settings) "routes": { "GET|POST /p": [ \#(steps) ] } }"#
    }

    @Test(arguments: [
        (
            "",
            #"{ "do": "respond", "headers": { "X-B": "2" }, "json": { "m": "{request.method}", "x": "{request.query.x}", "a": "{request.header.x-a}" } }"#,
            #"{"status":200,"ok":true,"json":{"m":"GET","x":"1","a":"1"},"type":"application/json","a":"2"}"#
        ),
        (
            #""method": "POST", "json": { "n": "{1 + 1}" },"#, #"{ "do": "respond", "json": ["{request.json.n}", "{request.header.content-type}"] }"#,
            #"{"status":200,"ok":true,"json":[2,"application/json"],"type":"application/json","a":null}"#
        ),
        (
            #""method": "POST", "form": { "a b": "c&d" },"#, #"{ "do": "respond", "json": "{request.form}" }"#,
            #"{"status":200,"ok":true,"json":{"a b":"c&d"},"type":"application/json","a":null}"#
        ),
        (
            "", #"{ "do": "respond", "status": 503, "text": "no" }"#,
            #"{"status":503,"ok":false,"json":null,"type":"text/plain; charset=utf-8","a":null}"#
        ),
        (
            #""needs": "success","#, #"{ "do": "respond", "status": 503, "text": "no" }"#,
            #"{"kind":"failed","message":"GET /p?x=1 of prices answered 503"}"#
        ),
        (
            #""needs": "json","#, #"{ "do": "respond", "text": "<html>" }"#,
            #"{"kind":"badRequest","message":"the answer of prices is not JSON: <html>"}"#
        ),
        (
            #""needs": "json","#, #"{ "do": "respond", "text": "[1]" }"#,
            #"{"status":200,"ok":true,"json":[1],"type":"text/plain; charset=utf-8","a":null}"#
        ),
        ("", #"{ "do": "abort" }"#, #"{"kind":"connectionReset","message":"prices:3001 reset the connection"}"#),
        (
            #""retries": 2,"#,
            #"{ "step": "n", "do": "cache.get", "key": "n" }, { "do": "cache.set", "key": "n", "value": "{(n or 0) + 1}" }, { "do": "when", "if": "(n or 0) < 2", "then": [ { "do": "abort" } ] }, { "do": "respond", "json": "{n}" }"#,
            #"{"status":200,"ok":true,"json":2,"type":"application/json","a":null}"#
        ),
        (#""retries": 2,"#, #"{ "do": "abort" }"#, #"{"kind":"connectionReset","message":"prices:3001 reset the connection"}"#),
        (
            #""timeoutMilliseconds": 100,"#, #"{ "do": "sleep", "forMilliseconds": 5000 }, { "do": "respond", "text": "late" }"#,
            #"{"kind":"timeout","message":"no answer within 100 ms"}"#
        ),
        (
            #""timeoutMilliseconds": 6000,"#, #"{ "do": "sleep", "forMilliseconds": 5000 }, { "do": "respond", "json": 1 }"#,
            #"{"status":200,"ok":true,"json":1,"type":"application/json","a":null}"#
        ),
    ])
    func `a call gives this`(_ call: String, _ prices: String, _ expected: String) throws { #expect(try text(call, prices) == expected) }

    @Test func `a service whose listener is closed refuses`() throws {
        #expect(
            try text("", #"{ "do": "respond", "text": "x" }"#, settings: #""reachable": false,"#)
                == #"{"kind":"connectionRefused","message":"prices:3001 refused the connection"}"#)
    }

    @Test func `a timeout takes its time and no more, and a slow answer all of its own`() throws {
        for (limit, expected) in [(100, 100.0), (6_000, 5_000)] {
            let steps =
                #"{ "do": "attempt", "steps": [ { "do": "call", "service": "prices", "path": "/p", "timeoutMilliseconds": \#(limit) } ], "rescue": [] }, { "do": "respond", "text": "done" }"#
            let slow = Self.prices(#"{ "do": "sleep", "forMilliseconds": 5000 }, { "do": "respond", "text": "late" }"#)
            let times = try withShop(TestPack(steps: steps, ["services/prices.json": slow])) { shop in
                _ = await shop.get("/")
                return try await shop.spans(of: "shop").map(\.milliseconds)
            }
            // The call and the request around it.
            #expect(times == [expected, expected])
        }
    }

    @Test(arguments: [("", 300.0), (#", "retryPauseMilliseconds": 200"#, 900)]) func `asking again multiplies the requests, after pauses that double`(pause: String, milliseconds: Double) throws {
        let steps =
            #"{ "do": "attempt", "steps": [ { "do": "call", "service": "prices", "path": "/p", "timeoutMilliseconds": 100, "retries": 2 \#(pause) } ], "rescue": [] }, { "do": "respond", "text": "done" }"#
        let slow = Self.prices(#"{ "do": "sleep", "forMilliseconds": 5000 }, { "do": "respond", "text": "late" }"#)
        let (times, asked) = try withShop(TestPack(steps: steps, ["services/prices.json": slow])) { shop in
            _ = await shop.get("/")
            let times = try await shop.spans(of: "shop").map(\.milliseconds)
            try await shop.loop.sleep(for: .seconds(10))
            return (times, try await shop.spans(of: "prices").count)
        }
        #expect(times == [100, 100, 100, milliseconds])
        #expect(asked == 3)
    }

    @Test func `a called service's spans hang below the call in the same trace`() throws {
        let spans = try withShop(TestPack()) { shop in
            _ = await shop.get("/products/2")
            return try await shop.with { core in core.recorder.spans().elements }
        }
        let root = try #require(spans.first { $0.template.service.name == "shop" && $0.template.kind == .server })
        let call = try #require(spans.first { $0.template.service.name == "shop" && $0.template.kind == .client })
        let remote = try #require(spans.first { $0.template.service.name == "prices" && $0.template.kind == .server })
        let query = try #require(spans.first { $0.template.type == "sql" })
        #expect(Set(spans.map(\.trace)).count == 1)
        #expect((call.parent, remote.parent, query.parent) == (root.id, call.id, remote.id))
        #expect(spans.count == 4)
    }

    @Test func `the caller's trace goes on and fields are passed on by name`() throws {
        let pack = TestPack(
            steps:
                #"{ "step": "got", "do": "call", "service": "prices", "path": "/p", "passHeaders": ["X-User"] }, { "do": "respond", "pass": "got" }"#,
            [
                "services/prices.json":
                    #"{ "port": 3001, "routes": { "GET /p": [ { "do": "respond", "text": "{request.header.x-user} {trace.id}" } ] } }"#
            ])
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let text = try withShop(pack) { await $0.get("/", headers: ["X-User": "ann", "traceparent": "00-\(trace)-b7ad6b7169203331-01"]) }.text
        #expect(text == "ann \(trace)")
    }
}
