import Base
import HTTP
import ShopTesting
import Storefront
import Testing

struct WebTests {
    private func get(_ steps: String, _ target: String = "/", headers: Headers = Headers(), settings: String = "", _ files: [String: String] = [:])
        throws -> Response
    {
        try withShop(TestPack(steps: steps, settings: settings, files)) { await $0.get(target, headers: headers) }
    }

    @Test func `respond sets status, fields and media type, and the service's own fields come behind`() throws {
        let response = try get(
            #"{ "do": "respond", "status": 201, "headers": { "X-One": "{1 + 1}", "Server": "own" }, "contentType": "text/csv", "text": "a;b" }"#,
            settings: #""headers": { "Server": "kiosk", "Via": "x" },"#)
        #expect(response.status == 201)
        #expect(response.headers.fields.map { "\($0.name): \($0.value)" } == ["Content-Type: text/csv", "X-One: 2", "Server: own", "Via: x"])
        #expect(response.text == "a;b")
    }

    @Test(
        arguments: [
            (#""json": { "a": 1 }"#, "application/json", #"{"a":1}"#), (#""text": "t""#, "text/plain; charset=utf-8", "t"),
            (#""html": "<p>""#, "text/html; charset=utf-8", "<p>"),
            (#""body": "request.body""#, nil, ""), (#""status": 204"#, nil, ""), (#""body": "'x' + 1", "contentType": "a/b""#, "a/b", "x1"),
        ] as [(String, String?, String)])
    func `each kind of body has its media type`(_ body: String, _ type: String?, _ text: String) throws {
        let response = try get(#"{ "do": "respond", \#(body) }"#)
        #expect(response.headers["Content-Type"] == type)
        #expect(response.text == text)
    }

    @Test func `an entity tag is answered with 304 to who has it`() throws {
        let steps = #"{ "do": "respond", "text": "same", "etag": true }"#
        let tag = try #require(try get(steps).headers["ETag"])
        let again = try get(steps, headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.text == "")
        #expect(try get(steps, headers: ["If-None-Match": "\"other\""]).status == 200)
    }

    @Test func `a body in pieces is the same body`() throws {
        let response = try get(#"{ "do": "respond", "text": "0123456789", "pieces": 4, "pieceDelayMilliseconds": 50 }"#)
        #expect(response.text == "0123456789")
        #expect(response.body == .paced(["012", "345", "678", "9"].map { Response.Piece(after: .milliseconds(50), Array($0.utf8)) }))
    }

    @Test func `a redirect becomes absolute and is escaped in its page`() throws {
        let response = try get(#"{ "do": "redirect", "to": "/a?b=\"1\"&c=2" }"#, headers: ["Host": "kiosk.test"])
        #expect(response.status == 302)
        #expect(response.headers["Location"] == #"http://kiosk.test/a?b="1"&c=2"#)
        #expect(response.text == "<html><body>You are being <a href=\"http://kiosk.test/a?b=&quot;1&quot;&amp;c=2\">redirected</a>.</body></html>")
        #expect(try get(#"{ "do": "redirect", "to": "https://else.test/", "status": 301 }"#).headers["Location"] == "https://else.test/")
    }

    @Test func `a redirect has the fields that the step gives it`() throws {
        let response = try get(#"{ "do": "redirect", "to": "/a", "headers": { "Cache-Control": "max-age={6 * 10}" } }"#)
        #expect(response.headers["Cache-Control"] == "max-age=60")
    }

    @Test(arguments: [#"{ "do": "respond", "text": "ok" }"#, #"{ "do": "fail", "message": "no" }"#, #"{ "do": "redirect", "to": "/a" }"#])
    func `fields that a step has added are in the answer, whichever step makes it`(_ last: String) throws {
        let response = try get(#"{ "do": "headers.add", "headers": { "Vary": "Cookie", "X-Sum": "{1 + 1}" } }, { "do": "headers.add", "headers": { "Vary": "Origin" } }, "# + last)
        #expect(response.headers.values("Vary") == ["Cookie", "Origin"])
        #expect(response.headers["X-Sum"] == "2")
    }

    @Test func `abort cuts the connection`() throws { #expect(try get(#"{ "do": "abort" }"#).ending == .reset) }

    @Test func `files of the pack are served and others are not found`() throws {
        let files = ["assets/a.css": "p{}"]
        let steps = #"{ "do": "file", "path": "assets/{request.query.name}", "cacheSeconds": 60 }"#
        let response = try get(steps, "/?name=a.css", files)
        #expect(response.text == "p{}")
        #expect(response.headers["Content-Type"]?.hasPrefix("text/css") == true)
        #expect(response.headers["Cache-Control"] == "public, max-age=60")
        #expect(try get(steps, "/?name=a.css", headers: ["If-None-Match": response.headers["ETag"]!], files).status == 304)
        #expect(try get(steps, "/?name=b.css", files).status == 404)
        #expect(try get(steps, "/?name=../pack.json", files).status == 404)
    }

    // MARK: What steps see of a request

    @Test(arguments: [
        ("{request.method} {request.path} {request.target}", "GET /a b /a%20b?q=1&q=2&n=x%26y"), ("{request.query.q} {request.query.n}", "1 x&y"),
        ("{request.queryValues.q | join: '+'}", "1+2"),
        ("{request.query.none?}|", "|"), ("{request.query | json}", #"{"q":"1","q":"2","n":"x&y"}"#), ("{request.rawQuery}", "q=1&q=2&n=x%26y"),
        ("{request.header.user-agent}", "test"),
        ("{request.cookie.basket}", "42"), ("{request.host} {request.remote}", "kiosk.test 127.0.0.1"),
        ("{route.pattern} {route.name} {route.word}", "/{word} GET /{word} a b"),
        ("{service.name} {service.version} {service.environment} {service.url}", "shop 1.0 test http://shop:3000"),
        ("{services.prices.url} {services.prices.port}", "http://prices:3001 3001"),
        ("{env.NAME}|{env.OTHER}", "|"), ("{now.iso} {now.seconds} {now.date}", "2026-01-31T08:00:00.000Z 1769846400 2026-01-31"),
        ("{now.http}", "Sat, 31 Jan 2026 08:00:00 GMT"),
        ("{trace.id | length} {trace.span | length}", "32 16"),
    ])
    func `an expression reads the request and its surroundings`(_ text: String, _ expected: String) throws {
        let pack = TestPack(routes: #""GET /{word}": [ { "do": "respond", "text": "\#(text)" } ]"#)
        let response = try withShop(pack) { shop in
            await shop.get("/a%20b?q=1&q=2&n=x%26y", headers: ["Host": "kiosk.test", "User-Agent": "test", "Cookie": "a=1; basket=42"])
        }
        #expect(response.text == expected)
    }

    @Test(arguments: [
        ("route", #""route" needs a name after it, for example "route.name""#), ("route.nmae", #"the route has no "nmae""#),
        ("service.nme", #"a service has no "nme"; did you mean "name"?"#),
        ("services.price.url", #"no service is named "price"; did you mean "prices"?"#), ("now.ios", #""now" has no "ios"; did you mean "iso"?"#),
        ("error.message", #"there is no error here; "error" exists in error pages and rescue steps"#),
    ])
    func `a wrong name of the surroundings fails with the right one`(_ expression: String, _ message: String) throws {
        #expect(try Value.parse(json: get(#"{ "do": "respond", "text": "{\#(expression)}" }"#).bodyBytes)["error"]?.text == message)
    }

    @Test(arguments: [
        (
            "order[email]=a%40b&order[lines][][id]=1&order[lines][][id]=2&tags[]=x&tags[]=y",
            #"{"order":{"email":"a@b","lines":[{"id":"1"},{"id":"2"}]},"tags":["x","y"]}"#
        ),
        ("lines[0][id]=5&lines[1][id]=6", #"{"lines":{"0":{"id":"5"},"1":{"id":"6"}}}"#), ("a=1&a=2", #"{"a":"2"}"#),
        ("[a]=1&b]=2&c[=3", #"{"[a]":"1","b]":"2","c[":"3"}"#), ("", "{}"),
    ])
    func `form names with brackets are nested`(_ form: String, _ expected: String) throws {
        let pack = TestPack(routes: #""POST /": [ { "do": "respond", "json": "{request.form}" } ]"#)
        #expect(try withShop(pack) { await $0.post("/", form, type: "application/x-www-form-urlencoded") }.text == expected)
    }

    @Test func `a form field, a JSON body and a multipart form are read`() throws {
        let pack = TestPack(routes: #""POST /": [ { "do": "respond", "text": "{request.form.a.b?}|{request.field.x?}|{request.json.list.1?}" } ]"#)
        let multipart = "--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nfive\r\n--B--\r\n"
        let answers = try withShop(pack) { shop in
            [
                await shop.post("/", "a[b]=1&x=2", type: "application/x-www-form-urlencoded").text,
                await shop.post("/", #"{"list":[1,2]}"#, type: "application/json").text,
                await shop.post("/", multipart, type: "multipart/form-data; boundary=B").text,
                await shop.post("/", "{", type: "application/json").text,
            ]
        }
        #expect(answers == ["1|2|", "||2", "|five|", "||"])
    }

    // MARK: Visitors

    @Test func `cookies are written with their attributes`() throws {
        let response = try get(
            #"{ "do": "cookie.set", "name": "a", "value": "1", "httpOnly": true, "maxAgeSeconds": 60 }, { "do": "cookie.set", "name": "b", "value": "2", "path": "/x" }, { "do": "respond", "text": "ok" }"#
        )
        #expect(
            response.headers.values("Set-Cookie") == ["a=1; Path=/; Expires=Sat, 31 Jan 2026 08:01:00 GMT; Max-Age=60; HttpOnly", "b=2; Path=/x"])
    }

    @Test func `a signed cookie gives its payload back`() throws {
        let pack = TestPack(
            routes:
                #""GET /set": [ { "do": "cookie.set", "name": "t", "value": "tok é", "signed": true }, { "do": "respond", "text": "" } ], "GET /read": [ { "step": "p", "do": "cookie.payload", "value": "request.cookie.t" }, { "do": "respond", "json": "{p}" } ]"#
        )
        let (cookie, read, forged) = try withShop(pack) { shop in
            let cookie = String(await shop.get("/set").headers["Set-Cookie"]!.prefix { $0 != ";" })
            return (cookie, await shop.get("/read", headers: ["Cookie": cookie]).text, await shop.get("/read", headers: ["Cookie": "t=junk"]).text)
        }
        #expect(cookie.hasPrefix("t="))
        #expect(read == #""tok é""#)
        #expect(forged == "null")
    }

    @Test func `a session is found again by its cookie and keeps what was stored`() throws {
        let pack = TestPack(
            routes:
                #""GET /": [ { "step": "s", "do": "session.open", "cookie": "sid" }, { "do": "session.set", "session": "s.id", "values": { "visits": "{(s.visits? or 0) + 1}", "gone": null } }, { "do": "respond", "text": "{s.visits?}" } ]"#
        )
        let (answers, cookies) = try withShop(pack) { shop in
            let first = await shop.get("/")
            let cookie = first.headers["Set-Cookie"]!
            let named = String(cookie.prefix { $0 != ";" })
            let second = await shop.get("/", headers: ["Cookie": named])
            let stranger = await shop.get("/", headers: ["Cookie": "sid=unknown"])
            return (
                [first.text, second.text, await shop.get("/", headers: ["Cookie": named]).text, stranger.text],
                [cookie, second.headers["Set-Cookie"] ?? "none"]
            )
        }
        #expect(answers == ["", "1", "2", ""])
        #expect(cookies[0].hasSuffix("; Path=/; HttpOnly"))
        #expect(cookies[1] == "none")
    }

    @Test func `the oldest sessions go when there are too many`() {
        var sessions = SessionStore(limit: 2)
        for id in ["a", "b", "c"] { sessions.set("n", to: 1, in: id) }
        #expect(sessions.count == 2)
        #expect(!sessions.exists("a"))
        sessions.set("n", to: .null, in: "b")
        #expect(sessions.names(in: "b") == [])
        sessions.remove("c")
        #expect(sessions.value("n", in: "c") == .null)
    }

    @Test func `log lines follow the service's format`() throws {
        let steps = #"{ "do": "log", "text": "hello {service.name}", "level": "warn", "logger": "main" }, { "do": "respond", "text": "ok" }"#
        let lines = try withShop(
            TestPack(
                steps: steps,
                settings:
                    #""logs": { "line": "{level:upper} {logger} {message} {line}", "access": "{method} {path} {status} {size}", "accessLevel": "status" },"#
            )
        ) { shop in
            _ = await shop.get("/?x=1")
            _ = await shop.get("/none")
            return try await shop.with { core in core.recorder.logs().elements.map { "\($0.level) \($0.line)" } }
        }
        #expect(lines == ["warn WARN main hello shop 12", "info GET / 200 2", #"warn GET /none 404 44"#])
    }
}
