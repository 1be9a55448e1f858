import Base
import HTTP
import ShopTesting
import Telemetry
import Testing

@testable import Storefront

struct LogTests {
    /// Lines of the shop after `GET` requests to these targets, with their levels.
    private static func lines(_ pack: TestPack, _ targets: [String] = ["/"], headers: Headers = [:], settings: ShopConfiguration = ShopConfiguration()) throws -> [String] {
        try withShop(pack, settings: settings) { shop in
            for target in targets { _ = await shop.get(target, headers: headers) }
            return try await shop.with { core in core.recorder.logs().elements.map { "\($0.level): \($0.line)" } }
        }
    }

    private static let respond = #"{ "do": "respond", "text": "ok" }"#

    @Test func `a step's fields stand in the line and are kept for searching`() throws {
        let step = #"{ "do": "log", "text": "list", "level": "fatal", "fields": { "method": "List", "n": "{1 + 1}", "exception": { "name": "E", "stack_trace": ["a", "b"] } } }"#
        let pack = TestPack(steps: "\(step), \(Self.respond)", settings: #""logs": { "line": "{level:index} {message}{fields:logfmt}|{fields:json}" },"#)
        let records = try withShop(pack) { shop in
            _ = await shop.get("/")
            return try await shop.with { core in core.recorder.logs().elements.map { ($0.line, $0.attributes.map { "\($0.name)=\($0.value.text)" }) } }
        }
        #expect(
            records[0].0 == #"5 list method=List n=2 exception="{\"name\":\"E\",\"stack_trace\":[\"a\",\"b\"]}"|,"method":"List","n":2,"exception":{"name":"E","stack_trace":["a","b"]}"#)
        #expect(records[0].1 == ["method=List", "n=2", #"exception={"name":"E","stack_trace":["a","b"]}"#])
    }

    @Test(arguments: [(Instrumentation.full, ["info: usual a 32", "info: npm ERR! b", "info: plainly c"]), (.infrastructure, ["info: bare a", "info: npm ERR! b", "info: c"])])
    func `a service writes lines of several formats, each with a form without trace`(level: Instrumentation, expected: [String]) throws {
        let steps = #"""
            { "do": "log", "text": "a" }, { "do": "log", "text": "b", "format": "npm" }, { "do": "log", "text": "c", "format": "words" }
            """#
        let pack = TestPack(
            steps: "\(steps), \(Self.respond)",
            settings: #""logs": { "line": "usual {message} {request_id}32", "plain": "bare {message}", "formats": { "npm": "npm ERR! {message}", "words": { "line": "plainly {message}", "plain": "{message}" } } },"#)
        var settings = ShopConfiguration()
        settings.instrumentation = level
        #expect(try Self.lines(pack, settings: settings) == expected)
    }

    @Test func `a line that a controller writes comes before the error page's, and only from controllers`() throws {
        let pack = TestPack(
            routes: #"""
                "GET /": { "name": "Home#index", "steps": [ { "do": "respond", "text": "hello" } ] },
                "GET /broken": { "name": "Home#broken", "steps": [ { "do": "sleep", "forMilliseconds": 20 }, { "do": "fail", "message": "no" } ] },
                "GET /gone": { "name": "Home#gone", "steps": [ { "do": "fail", "message": "no", "status": 404 } ] },
                "GET /file": [ { "do": "respond", "text": "hello" } ]
                """#,
            settings: #"""
                "errors": { "default": [ { "do": "sleep", "forMilliseconds": 7 }, { "do": "log", "level": "fatal", "text": "{error.message}" }, { "do": "respond", "text": "sorry", "status": "error.status" } ] },
                "logs": { "line": "{message}", "access": "{controller} {message} {status} {size} {duration_ms}", "accessAt": "action", "accessLevel": "rails" },
                """#)
        #expect(
            try Self.lines(pack, ["/", "/broken", "/gone", "/file", "/none"]) == [
                "info: Home Completed #index 200 5 0.0", "error: Home Completed #broken 500 0 20.0", "fatal: no", "error: Home Completed #gone 404 0 0.0", "fatal: no",
                #"fatal: No route matches [GET] "/none""#,
            ])
    }

    @Test func `by default the line comes last and from every request`() throws {
        let pack = TestPack(
            routes: #""GET /broken": [ { "do": "fail", "message": "no" } ]"#,
            settings: #""errors": { "500": [ { "do": "log", "level": "error", "text": "{error.message}" }, { "do": "respond", "text": "sorry", "status": 503 } ] }, "logs": { "line": "{message}", "access": "{status} {size}" },"#)
        #expect(try Self.lines(pack, ["/broken", "/none"]).prefix(2) == ["error: no", "info: 503 5"])
    }

    @Test func `parameters of a request are told, secret ones hidden`() throws {
        let pack = TestPack(
            routes: #""GET /{id}": [ { "do": "respond", "text": "ok" } ], "POST /{id}": [ { "do": "respond", "text": "ok" } ]"#,
            settings: #""logs": { "access": "{params}", "filters": ["password", "NUMBER"] },"#)
        let lines = try withShop(pack) { shop in
            _ = await shop.get("/7?page=2&id=no")
            _ = await shop.post("/7", "user[password]=s&user[name]=Ann&card[][number]=1&card[][cvv]=2&_method=patch", type: "application/x-www-form-urlencoded")
            _ = await shop.post("/7", #"{"variant_id":"11","options":{}}"#, type: "application/json")
            return try await shop.with { core in core.recorder.logs().elements.map(\.line) }
        }
        #expect(
            lines == [
                #"{"page":"2","id":"7"}"#, #"{"user":{"password":"[FILTERED]","name":"Ann"},"card":[{"number":"[FILTERED]","cvv":"2"}],"id":"7"}"#,
                #"{"variant_id":"11","options":{},"id":"7"}"#,
            ])
    }

    @Test func `time in views and in the database is told`() throws {
        let pack = TestPack(
            steps:
                #"{ "step": "rows", "do": "db.query", "sql": "SELECT name FROM product" }, { "do": "sleep", "forMilliseconds": 1500 }, { "do": "render", "view": "home", "model": { "products": "{rows}" } }"#,
            settings: #""logs": { "access": "{duration_ms} {duration} {view_runtime} {db_runtime}" },"#)
        #expect(try Self.lines(pack) == ["info: 1500.3 1.500s 0.0 0.3"])
    }

    @Test(arguments: [(Int64(3_141), "3.141ms"), (9_999, "9.999ms"), (124_080, "124.1ms"), (999_960, "1000.0ms"), (2_513_400, "2.513s")])
    func `durations for people are Semantic Logger's`(microseconds: Int64, text: String) {
        #expect(SemanticLogger.text(ofMicroseconds: microseconds) == text)
    }

    @Test func `styles follow the status, exactly, by class, or by default`() throws {
        // Morgan's colours.
        let pack = TestPack(
            routes: #""GET /{status}": [ { "do": "respond", "status": "route.status | int", "text": "" } ]"#,
            settings: #""logs": { "access": "{status_style}{status}", "statusStyles": { "404": "yellow ", "4xx": "red ", "5xx": "magenta ", "default": "plain " } },"#)
        #expect(try Self.lines(pack, ["/200", "/404", "/400", "/503"]) == ["info: plain 200", "info: yellow 404", "info: red 400", "info: magenta 503"])
    }

    private static let identified = TestPack(
        steps: #"{ "do": "log", "text": "hi" }, { "do": "respond", "text": "{request.id}" }"#,
        settings: #""requestIDHeader": "X-Request-Id", "logs": { "line": "{message} {request_id}", "access": "{status} {request_id}" }, "telemetry": { "conventions": "datadog" },"#)

    @Test func `a request has one identifier in its answer, its lines and its span`() throws {
        let (answers, lines, tags) = try withShop(Self.identified) { shop in
            let answers = [await shop.get("/"), await shop.get("/"), await shop.get("/none")]
            let (lines, tags) = try await shop.with { core in
                (core.recorder.logs().elements.map(\.line), core.recorder.spans().elements.map { $0.allAttributes["http.request_id"]?.text ?? "" })
            }
            return (answers, lines, tags)
        }
        let ids = answers.map { $0.headers["X-Request-Id"] ?? "" }
        #expect(Set(ids).count == 3 && ids.allSatisfy { $0.count == 36 })
        #expect(answers[0].text == ids[0])
        #expect(lines == ["hi \(ids[0])", "200 \(ids[0])", "hi \(ids[1])", "200 \(ids[1])", "404 \(ids[2])"])
        #expect(tags == ids)
    }

    @Test(arguments: [("abc-123", "abc-123"), ("a b<c>é_@9", "abc_@9"), (String(repeating: "x", count: 300), String(repeating: "x", count: 255))])
    func `a caller's own identifier goes on, without what does not belong in it`(given: String, expected: String) throws {
        #expect(try withShop(Self.identified) { await $0.get("/", headers: ["X-Request-Id": given]).headers["X-Request-Id"] } == expected)
    }

    @Test func `a service that gives none has none`() throws {
        let response = try withShop(TestPack(steps: #"{ "do": "respond", "json": "{request.id}" }"#)) { await $0.get("/", headers: ["X-Request-Id": "a"]) }
        #expect(response.text == "null")
        #expect(response.headers["X-Request-Id"] == nil)
    }
}
