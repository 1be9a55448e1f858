import Base
import HTTP
import ShopTesting
import Storefront
import Testing

struct FailureTests {
    private static let names = #"""
        "exceptions": { "failed": { "type": "RuntimeError" }, "connectionRefused": { "type": "Errno::ECONNREFUSED", "message": "Failed to open TCP connection to {host}:{port}" },
          "template": { "type": "ActionView::Template::Error" }, "undefinedName": { "type": "NoMethodError", "message": "undefined: {message}" } },
        """#
    private static let page = #"""
        "errors": { "404": [ { "do": "respond", "status": 404, "text": "nothing at {request.path}" } ],
          "default": [ { "do": "respond", "status": "error.status", "json": { "type": "{error.type}", "kind": "{error.kind}", "message": "{error.message}", "file": "{error.file}", "line": "{error.line}", "stack": "{error.stack}", "extract": "{error.extract}" } } ] },
        """#

    private func failure(_ steps: String, settings: String = names + page, _ files: [String: String] = [:]) throws -> (status: Int, value: Value) {
        let response = try withShop(TestPack(steps: steps, settings: settings, files)) { await $0.get("/") }
        return (response.status, try Value.parse(json: response.bodyBytes))
    }

    @Test func `an error page knows class, words, file and line of the step that failed`() throws {
        let (status, error) = try failure(#"{ "do": "set", "value": 1 }, { "do": "fail", "message": "out of tea", "status": 503 }"#)
        #expect(status == 503)
        #expect(error["type"] == "RuntimeError")
        #expect(error["message"] == "out of tea")
        #expect(error["file"] == "services/shop.json")
        let failing = try #require(error["extract"]?.elements?.first { $0["isFailing"] == true })
        #expect(failing["number"] == error["line"])
        #expect(failing["text"]?.text.contains(#""message": "out of tea""#) == true)
        #expect(error["stack"]?.text == "services/shop.json:\(error["line"]!.text):in `GET /'")
        #expect(error["extract"]?.elements?.count == 7)
    }

    @Test func `a missing name in a view is found at the view's line`() throws {
        let (status, error) = try failure(
            #"{ "do": "render", "view": "home", "model": { "products": [ { "name": "Tea" }, { "nmae": "Cup" } ] } }"#)
        #expect(status == 500)
        #expect(error["type"] == "ActionView::Template::Error")
        #expect(error["file"] == "views/home.mustache")
        #expect(error["line"] == 3)
        #expect(error["message"]?.text.contains("\"name\"") == true)
        #expect(error["extract"]?.elements?.map { $0["text"]!.text } == ["<ul>", "{{#products}}", "<li>{{name}}</li>", "{{/products}}", "</ul>", ""])
        #expect(error["extract"]?.elements?.firstIndex { $0["isFailing"] == true } == 2)
        #expect(error["stack"]?.text.split(separator: "\n").count == 2)
        #expect(error["stack"]?.text.contains("services/shop.json:") == true)
    }

    @Test func `rendering is strict about names and lenient about nothing`() throws {
        let view = ["views/home.mustache": "{{#user}}{{name}}{{/user}}{{^user}}nobody{{/user}}"]
        #expect(
            try withShop(TestPack(steps: #"{ "do": "render", "view": "home", "model": { "user": null } }"#, view)) { await $0.get("/") }.text
                == "nobody")
        #expect(try withShop(TestPack(steps: #"{ "do": "render", "view": "home", "model": {} }"#, view)) { await $0.get("/") }.status == 500)
    }

    @Test func `a refused connection carries host and port into the words of the language`() throws {
        let prices = TestPack.base["services/prices.json"]!.replacing("\"port\": 3001,", with: "\"port\": 3001, \"reachable\": false,")
        let (_, error) = try failure(#"{ "do": "call", "service": "prices", "path": "/prices/1" }"#, ["services/prices.json": prices])
        #expect(error["type"] == "Errno::ECONNREFUSED")
        #expect(error["message"] == "Failed to open TCP connection to prices:3001")
        #expect(error["kind"] == "connectionRefused")
    }

    @Test func `an undefined name has the language's class`() throws {
        let (_, error) = try failure(#"{ "step": "a", "do": "set", "value": { "b": 1 } }, { "do": "respond", "text": "{a.c}" }"#)
        #expect(error["type"] == "NoMethodError")
        #expect(error["message"] == #"undefined: "a" has no "c"; did you mean "b"?"#)
    }

    @Test func `an error page that fails itself leaves a plain answer`() throws {
        let settings = #""errors": { "default": [ { "do": "respond", "text": "{1 / 0}" } ] }, "logs": { "line": "{message}" },"#
        let (response, logs) = try withShop(TestPack(steps: #"{ "do": "fail", "message": "first" }"#, settings: settings)) { shop in
            (await shop.get("/"), try await shop.with { $0.recorder.logs().elements.map(\.line) })
        }
        #expect(response.status == 500)
        #expect(response.text == #"{"error":"first"}"#)
        #expect(logs == ["the error page failed: division by zero"])
    }

    @Test func `unknown paths, methods and escapes are answered with the right status`() throws {
        let pack = TestPack(
            routes:
                #""GET /a": [ { "do": "respond", "text": "a" } ], "POST /a": [ { "do": "respond", "text": "posted" } ], "PUT /b": [ { "do": "respond", "text": "b" } ], "GET /mute": [ { "do": "set", "value": 1 } ]"#,
            settings: Self.page)
        let answers = try withShop(pack) { shop in
            var answers: [String] = []
            for (method, target) in [
                ("GET", "/a"), ("HEAD", "/a"), ("DELETE", "/a"), ("GET", "/b"), ("GET", "/none"), ("GET", "/%zz"), ("GET", "/mute"), ("GET", "/a/"),
            ] {
                let response = await shop.handle("shop", Request(method: method, target: target))
                answers.append("\(method) \(target) \(response.status) \(response.headers["Allow"] ?? "-")")
            }
            return answers
        }
        #expect(
            answers == [
                "GET /a 200 -", "HEAD /a 200 -", "DELETE /a 405 GET, POST, HEAD", "GET /b 405 PUT", "GET /none 404 -", "GET /%zz 400 -",
                "GET /mute 500 -", "GET /a/ 200 -",
            ])
        #expect(try withShop(pack) { await $0.get("/none") }.text == "nothing at /none")
    }

    @Test func `a span carries the failure and a request below 500 none`() throws {
        let pack = TestPack(
            routes: #""GET /a": [ { "do": "fail", "message": "broken" } ], "GET /b": [ { "do": "fail", "message": "odd", "status": 404 } ]"#,
            settings: Self.names)
        let spans = try withShop(pack) { shop in
            _ = await shop.get("/a")
            _ = await shop.get("/b")
            return try await shop.with { core in
                core.recorder.spans().elements.map { "\($0.status) \($0.isError) \($0.error?.type ?? "-") \($0.error?.message ?? "-")" }
            }
        }
        #expect(spans == ["500 true RuntimeError broken", "404 false - -"])
    }
}
