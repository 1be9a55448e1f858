import Base
import HTTP
import Testing

@testable import Load

/// What the steps of a journey do.
@Suite struct VisitorTests {
    @Test func `requests are made of variables, lists and generators`() throws {
        let json = journey(
            #"""
            { "set": { "id": { "oneOf": "ids" }, "amount": { "integer": [3, 3] }, "mail": "{name}@example.com" } },
            { "request": "PUT /items/{id}", "query": { "q": "a b&c", "mail": "{mail}" }, "headers": { "X-User": "{user}" },
              "json": { "id": "{id}", "amount": "{amount}", "text": "{amount} pieces {{x}}", "flags": [true, null, "{name}"] } },
            { "request": "POST /form", "form": { "a[b]": "{name} ü", "n": 5 }, "basic": ["{name}", "p:w"] },
            { "request": "POST http://elsewhere/raw", "body": "<{name}>", "headers": { "Content-Type": "text/xml" } },
            { "request": "GET /{name}", "service": "ads" }
            """#, visitor: #""headers": { "X-User": "kind", "X-Kind": "k" }, "variables": { "name": "<n>" },"#, more: #""lists": { "ids": [7] },"#)
        let outcome = try simulate(json)
        #expect(
            outcome.lines == [
                "PUT http://shop/items/7?q=a+b%26c&mail=%3Cn%3E%40example.com", "POST http://shop/form", "POST http://elsewhere/raw", "GET http://ads:5002/%3Cn%3E",
            ])
        #expect(outcome.bodies[0] == #"{"id":7,"amount":3,"text":"3 pieces {x}","flags":[true,null,"<n>"]}"#)
        #expect(outcome.headers[0].fields.map { "\($0.name): \($0.value)" } == ["X-Kind: k", "X-User: 1", "Content-Type: application/json"])
        #expect(outcome.bodies[1] == "a%5Bb%5D=%3Cn%3E+%C3%BC&n=5")
        #expect(outcome.headers[1]["Authorization"] == "Basic " + Base64.encode("<n>:p:w".utf8))
        #expect(outcome.headers[1]["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(outcome.bodies[2] == "<<n>>")
        #expect(outcome.headers[2]["Content-Type"] == "text/xml")
        #expect(outcome.statistics.entries.map(\.name) == ["/items/{id}", "/form", "http://elsewhere/raw", "/{name}"])
    }

    @Test func `an answer takes as long as its exchange, not as the generator beside it`() throws {
        let json = journey(#"{ "request": "GET /" }, { "request": "GET /moved" }, { "request": "GET /untold" }"#)
        let outcome = try simulate(json) { request, _ in
            guard case .success(var answer) = ScriptedCourier.Reply.ok().result else { return .silence }
            if request.url == "http://shop/moved" { answer = ClientAnswer(status: 302, redirect: "http://shop/new") }
            if request.url != "http://shop/untold" { answer.times.end = 7_000 }
            return ScriptedCourier.Reply(result: .success(answer), delay: .microseconds(10_000))
        }
        #expect(outcome.statistics.entries.map(\.latency.greatest) == [.milliseconds(7), .milliseconds(14), .milliseconds(10)])
    }

    @Test func `values are taken out of answers`() throws {
        let page = #"<a href="/p/1">x</a> <a href="/p/2">y</a> <a href="/p/1">z</a> <form id="f"><input type="hidden" name="t" value="a&amp;b&#x2F;"><input name="q"><input type='hidden' name='u' value=''></form><input type="hidden" name="v" value="no">"#
        let json = journey(
            #"""
            { "request": "GET /page", "take": {
                "first": { "between": ["href=\"", "\""] }, "links": { "between": ["href=\"", "\""], "pick": "all" }, "two": { "regex": "href=\"(/p/2)\"" },
                "every": { "regex": ">(\\w)<", "pick": "all" }, "some": { "regex": ">([xyz])<", "pick": "random" }, "tag": { "header": "etag" },
                "cookie": { "cookie": "session" }, "fields": { "hiddenFields": "f" }, "none": { "json": "$.x", "optional": true } } },
            { "request": "GET {first}" }, { "request": "GET {two}" }, { "each": "link in links", "steps": [{ "request": "GET {link}?l" }] },
            { "request": "POST /f", "form": { "q": "1" }, "hidden": "fields" },
            { "request": "GET /data", "take": { "id": { "json": "$.items[1].id" } } },
            { "request": "POST /id", "json": ["{id}", "{tag}", "{cookie}", "{every}"] },
            { "when": { "variable": "none" }, "then": [{ "request": "GET /never" }] },
            { "when": { "variable": "some", "is": "x" }, "then": [], "else": [] }
            """#)
        let outcome = try simulate(json) { request, _ in
            switch request.url {
            case "http://shop/page": .ok(page, headers: ["ETag": "\"1\"", "Set-Cookie": "session=s1; Path=/"])
            case "http://shop/data": .ok(#"{"items":[{"id":1},{"id":42}]}"#)
            default: .ok()
            }
        }
        #expect(
            outcome.lines.map { $0.replacing("http://shop", with: "") } == [
                "GET /page", "GET /p/1", "GET /p/2", "GET /p/1?l", "GET /p/2?l", "POST /f", "GET /data", "POST /id",
            ])
        #expect(outcome.bodies[5] == "t=a%26b%2F&u=&q=1")
        #expect(outcome.bodies[7] == #"[42,"\"1\"","s1",["x","y","z"]]"#)
        #expect(outcome.headers[1]["Cookie"] == "session=s1")
        #expect(outcome.statistics.failureCount == 0)
    }

    @Test func `a value that is missing fails its request, and a request without its values ends the task`() throws {
        let json = journey(#"{ "request": "GET /a", "take": { "x": { "json": "$.x" } } }, { "request": "GET /{x}" }, { "request": "GET /after" }"#)
        let outcome = try simulate(json) { _, _ in .ok("{}") }
        #expect(outcome.lines == ["GET http://shop/a"])
        #expect(outcome.statistics.reasons == ["no value for \"x\"": 2])
        #expect(outcome.statistics.failures.rows.map(\.name) == ["/a", "/{x}"])
    }

    @Test func `redirects are followed with cookies and count as one request`() throws {
        let json = journey(#"{ "request": "POST /login", "form": { "a": "1" }, "name": "login" }, { "request": "GET /stay", "redirects": false, "expect": 302 }"#)
        let outcome = try simulate(json) { request, _ in
            switch request.url {
            case "http://shop/login": .ok(status: 302, headers: ["Location": "http://shop/home", "Set-Cookie": "s=1"])
            case "http://shop/home": .ok("hello", headers: ["Set-Cookie": "t=2; Path=/elsewhere"])
            default: .ok(status: 302, headers: ["Location": "http://shop/nowhere"])
            }
        }
        #expect(outcome.lines == ["POST http://shop/login", "GET http://shop/home", "GET http://shop/stay"])
        #expect(outcome.headers.map { $0["Cookie"] } == [nil, "s=1", "s=1"])
        #expect(outcome.bodies[1].isEmpty)
        #expect(outcome.statistics.requests == 2)
        #expect(outcome.statistics.entries[0].latency.greatest == .milliseconds(20))
        #expect(outcome.statistics.entries[0].statuses.map(\.status) == [200])
        #expect(outcome.statistics.failureCount == 0)
    }

    @Test func `redirects without end are given up`() throws {
        let outcome = try simulate(journey(#"{ "request": "GET /round" }"#)) { _, _ in .ok(status: 302, headers: ["Location": "http://shop/round"]) }
        #expect(outcome.lines.count == 31)
        #expect(outcome.statistics.requests == 1)
    }

    @Test func `a visitor without cookies sends none`() throws {
        let json = journey(#"{ "request": "GET /a" }, { "request": "GET /b" }"#, visitor: #""cookies": false,"#)
        let outcome = try simulate(json) { _, _ in .ok(headers: ["Set-Cookie": "s=1"]) }
        #expect(outcome.headers.allSatisfy { $0["Cookie"] == nil })
    }

    @Test(arguments: [
        (#""expect": 201"#, 200, "", "expected status 201, got 200"), (#""expect": [201, "3xx"]"#, 404, "", "expected status 201 or 300-399, got 404"),
        ("", 401, "", "HTTPError('401 Client Error: Unauthorized for url: /')"), ("", 503, "", "HTTPError('503 Server Error: Service Unavailable for url: /')"),
        (#""expect": "200-599""#, 500, "", nil), (#""bodyContains": "yes""#, 200, "no", "\"yes\" is not in the body"),
        (#""bodyLacks": "no""#, 200, "no", "\"no\" is in the body"), (#""bodyContains": "o", "bodyLacks": "x""#, 200, "no", nil),
        (#""limitMilliseconds": 9"#, 200, "", "Slow response: 0.01s"), (#""limitMilliseconds": 9, "limitMessage": "Cart slow""#, 200, "", "Cart slow: 0.01s"),
        (#""limitMilliseconds": 10"#, 200, "", nil),
    ] as [(String, Int, String, String?)])
    func `an answer that is not as expected fails`(option: String, status: Int, body: String, reason: String?) throws {
        let outcome = try simulate(journey(#"{ "request": "GET /"\#(option.isEmpty ? "" : ", " + option) }"#)) { _, _ in .ok(body, status: status) }
        #expect(outcome.statistics.reasons == (reason.map { [$0: 1] } ?? [:]))
        #expect(outcome.statistics.total.statuses.map(\.status) == [status])
    }

    @Test(arguments: [
        (ClientError.connectionRefused(host: "shop", port: 80), "ConnectionRefusedError(111, 'Connection refused')"),
        (.connectionReset, "RemoteDisconnected('Remote end closed connection without response')"), (.timedOut(after: .seconds(3)), "TimeoutError('no answer within 3.0 seconds')"),
    ])
    func `a request without an answer fails in Locust's words`(error: ClientError, reason: String) throws {
        let outcome = try simulate(journey(#"{ "request": "GET /" }"#)) { _, _ in .error(error) }
        #expect(outcome.statistics.reasons == [reason: 1])
        #expect(outcome.statistics.total.unanswered == 1)
        #expect(outcome.statistics.total.latency.isEmpty)
    }

    @Test(arguments: [("continue", ["/a", "/b", "/a", "/b"]), ("endTask", ["/a", "/a"]), ("restart", ["/s", "/a", "/s", "/a"])])
    func `after a failure a visitor goes on, takes the next task, or comes back as somebody new`(reaction: String, paths: [String]) throws {
        let start = reaction == "restart" ? #""onStart": [{ "request": "GET /s" }],"# : ""
        let json = journey(#"{ "request": "GET /a", "onFailure": "\#(reaction)" }, { "request": "GET /b" }"#, visitor: start)
        let outcome = try simulate(json, LoadProfile(.closed(users: Curve(constant: 1)), iterationsPerUser: 2)) { request, _ in
            .ok(status: request.url.hasSuffix("/a") ? 500 : 200, headers: ["Set-Cookie": "s=\(request.url.suffix(1))"])
        }
        #expect(outcome.lines.map { $0.replacing("GET http://shop", with: "") } == paths)
        if reaction == "restart" { #expect(outcome.headers.map { $0["Cookie"] } == [nil, "s=s", nil, "s=s"]) }
    }

    @Test func `a start that fails is tried again, but not without a pause`() throws {
        let json = journey(#"{ "request": "GET /a" }"#, visitor: #""onStart": [{ "request": "POST /register", "onFailure": "restart" }],"#)
        let outcome = try simulate(json, LoadProfile(.closed(users: Curve(constant: 1)), duration: .milliseconds(3_500))) { _, _ in
            .error(.connectionRefused(host: "shop", port: 80))
        }
        #expect(outcome.lines == [String](repeating: "POST http://shop/register", count: 4))
    }

    @Test func `steps repeat, branch, wait and perform sequences`() throws {
        let json = journey(
            #"""
            { "repeat": 2, "steps": [{ "perform": "one" }] }, { "waitMilliseconds": 500 },
            { "when": { "status": "2xx" }, "then": [{ "request": "GET /ok" }], "else": [{ "request": "GET /not" }] },
            { "when": { "not": { "any": [{ "status": 404 }, { "variable": "w", "contains": "z" }] } }, "then": [{ "request": "GET /neither" }, { "end": "task" }] },
            { "request": "GET /never" }
            """#, visitor: #""variables": { "w": "xy" },"#, more: #""sequences": { "one": [{ "request": "GET /1" }, { "perform": "two" }], "two": [{ "request": "GET /2" }] },"#)
        let outcome = try simulate(json)
        #expect(outcome.lines.map { $0.replacing("GET http://shop", with: "") } == ["/1", "/2", "/1", "/2", "/ok", "/neither"])
        #expect(outcome.times == [0, 10, 20, 30, 540, 550])
    }

    @Test func `branches, tasks and kinds of visitors are chosen by weight`() throws {
        let json = #"""
            { "title": "t", "visitors": {
              "often": { "weight": 3, "tasks": [
                { "weight": 9, "steps": [{ "request": "GET /nine" }] },
                { "weight": 1, "steps": [{ "choose": [{ "weight": 1, "steps": [{ "request": "GET /a" }] }, { "weight": 3, "steps": [{ "request": "GET /b" }] }] }] } ] },
              "seldom": { "tasks": [{ "steps": [{ "request": "GET /seldom" }] }] } } }
            """#
        let outcome = try simulate(json, LoadProfile(.closed(users: Curve(constant: 40)), iterationsPerUser: 500))
        let counts = Dictionary(grouping: outcome.lines, by: { $0.split(separator: "/").last! }).mapValues(\.count)
        #expect(counts["seldom"] == 10 * 500)
        #expect((13_200...13_800).contains(counts["nine"] ?? 0))
        #expect((300...450).contains(counts["a"] ?? 0))
        #expect((1_000...1_250).contains(counts["b"] ?? 0))
    }

    @Test func `waits are within their bounds and spread over them`() throws {
        let outcome = try simulate(journey(#"{ "request": "GET /" }, { "waitMilliseconds": [1000, 3000] }"#), LoadProfile(.closed(users: Curve(constant: 1)), iterationsPerUser: 400))
        let waits = zip(outcome.times, outcome.times.dropFirst()).map { $1 - $0 - 10 }
        #expect(waits.allSatisfy { (1_000...3_000).contains($0) })
        #expect((1_900...2_100).contains(waits.reduce(0, +) / Double(waits.count)))
        #expect(waits.min()! < 1_050 && waits.max()! > 2_950)
    }

    @Test func `visitors share an iteration round by round`() throws {
        let json = journey(
            #"{ "each": "word in words", "shared": true, "steps": [{ "request": "GET /{word}" }] }"#, more: #""lists": { "words": ["a", "b", "c", "d", "e", "f", "g"] },"#)
        let outcome = try simulate(json, LoadProfile(.closed(users: Curve(constant: 3)), iterationsPerUser: 2))
        let words = outcome.lines.map { String($0.last!) }
        #expect(words.count == 14)
        #expect(Set(words[..<7]) == Set("abcdefg".map { String($0) }))
        #expect(Set(words[7...]) == Set("abcdefg".map { String($0) }))
    }

    @Test func `a task with a period begins no sooner than that after it began before`() throws {
        let json = #"{ "title": "t", "visitors": { "v": { "onStart": [{ "waitMilliseconds": 15 }], "tasks": [{ "everyMilliseconds": 180, "steps": [{ "request": "GET /" }] }] } } }"#
        #expect(try simulate(json, LoadProfile(.closed(users: Curve(constant: 1)), iterationsPerUser: 3)).times == [15, 195, 375])
    }

    @Test func `the same seed does the same, another something else`() throws {
        let json = journey(
            #"{ "set": { "u": { "uuid": true }, "l": { "letters": 5 }, "d": { "digits": 5 }, "h": { "hex": 5 }, "m": { "alphanumeric": 5 } } }, { "request": "GET /{u}/{l}/{d}/{h}/{m}" }"#)
        func lines(_ seed: UInt64) throws -> [String] { try simulate(json, LoadProfile(.closed(users: Curve(constant: 3)), iterationsPerUser: 2, seed: seed)).lines }
        let first = try lines(1)
        #expect(try lines(1) == first)
        #expect(try lines(2) != first)
        #expect(Set(first).count == 6)
        let shape = try Pattern("^GET http://shop/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/[a-z]{5}/[0-9]{5}/[0-9a-f]{5}/[0-9A-Za-z]{5}$")
        #expect(first.allSatisfy { shape.matches($0) })
    }
}
