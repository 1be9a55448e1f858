import Base
import HTTP
import Testing

@testable import Synthetics

@Suite struct RunnerTests {
    @Test(arguments: [
        (ClientError.connectionRefused(host: "h", port: 80), FailureCode.connectionRefused), (.nameNotResolved(host: "h"), .nameNotResolved),
        (.timedOut(after: .seconds(1)), .timeout), (.connectionReset, .connectionReset), (.tls("bad"), .tls), (.tooManyRedirects, .tooManyRedirects),
        (.invalidURL("x"), .invalidRequest), (.other("x"), .unknown), (.untrustedCertificate("x"), .tls), (.hostUnreachable(host: "h"), .hostUnreachable),
        (.networkUnreachable(host: "h"), .networkUnreachable), (.bodyTooLarge(limitBytes: 9), .bodyTooLarge), (.noResources("x"), .internalError),
    ])
    func `a missing answer has Datadog's code`(error: ClientError, code: FailureCode) throws {
        let (results, _, _) = try run(definition(), ["GET http://h/": [.failure(error)]])
        #expect(results[0].status == .failed)
        #expect(results[0].failure == CheckFailure(code, error.description))
    }

    @Test func `failures are retried after the interval until one passes`() throws {
        let script = ["GET http://h/": [ScriptedTransport.Answer.response(500, "", Headers()), .failure(.connectionReset), .ok("")]]
        let options = #"{"retry":{"count":3,"interval":1000}}"#
        let (results, requests, _) = try run(definition(options: options), script)
        #expect(results[0].status == .passed)
        #expect(results[0].attempts == 3)
        #expect(requests.count == 3)
        #expect(results[0].finished == Timestamp(nanoseconds: 2_000_000_000))
    }

    @Test func `every attempt is remembered, with an id of its own`() throws {
        let script = ["GET http://h/": [ScriptedTransport.Answer.response(500, "", Headers()), .ok("")]]
        let (results, _, _) = try run(definition(options: #"{"retry":{"count":1}}"#), script)
        #expect(results[0].earlier.map(\.isFinal) == [false])
        #expect(results[0].earlier[0].failure?.code == .incorrectAssertion)
        #expect(results[0].isFinal && results[0].attempts == 2)
        let ids = (results[0].earlier + results).compactMap(\.resultID)
        #expect(Set(ids).count == 2 && ids.allSatisfy { UInt64($0) != nil })
    }

    @Test func `the last attempt decides`() throws {
        let (results, requests, _) = try run(definition(options: #"{"retry":{"count":1}}"#), ["GET http://h/": [.failure(.connectionReset)]])
        #expect(results[0].status == .failed)
        #expect(requests.count == 2)
    }

    @Test func `paused and skipped checks send nothing`() throws {
        let paused = definition(more: #","status":"paused""#)
        let skipped = definition(options: #"{"ci":{"executionRule":"skipped"}}"#)
        let (results, requests, _) = try run("[\(paused),\(skipped)]", [:])
        #expect(results.map(\.status) == [.skipped("it is paused"), .skipped("of execution rule configuration in Datadog")])
        #expect(requests.isEmpty)
    }

    @Test func `only blocking failures fail the run`() throws {
        let check = definition(options: #"{"ci":{"executionRule":"non_blocking"}}"#)
        let (results, _, _) = try run(check, ["GET http://h/": [.response(500, "", Headers())]])
        #expect(results[0].status == .failed)
        #expect(RunReport(results: results, duration: .zero).passed)
    }

    @Test func `as many checks run at once as allowed, and results keep the order`() throws {
        let checks = (0..<6).map { definition(name: "c\($0)", url: "http://h/\($0)") }
        let script = Dictionary(uniqueKeysWithValues: (0..<6).map { ("GET http://h/\($0)", [ScriptedTransport.Answer.late(.seconds(6 - $0), 200)]) })
        let (results, _, mostActive) = try run("[\(checks.joined(separator: ","))]", script, concurrency: 3)
        #expect(results.map(\.name) == ["c0", "c1", "c2", "c3", "c4", "c5"])
        #expect(mostActive == 3)
    }

    @Test func `steps hand on values and cookies`() throws {
        let extract =
            #","extractedValues":[{"name":"ID","type":"http_body","parser":{"type":"json_path","value":"$.id"}},{"name":"TAG","type":"http_header","field":"etag","parser":{"type":"regex","value":"\"(.*)\""}},{"name":"CODE","type":"http_status_code"}]"#
        let json = multistep([step("make", "POST", "{{ U }}", more: extract), step("use", "GET", "{{ U }}/{{ ID }}?t={{ TAG }}&c={{ CODE }}")])
        let cookies = Headers(["ETag": "\"xyz\"", "Set-Cookie": "s=1; Path=/", "set-cookie": "p=2; path=/elsewhere"])
        let (results, requests, _) = try run(
            json, ["POST http://h:1": [.ok(#"{"id":42}"#, cookies)], "GET http://h:1/42?t=xyz&c=200": [.ok("")]],
            sources: VariableSources(given: ["U": "http://h:1"]))
        #expect(results[0].status == .passed)
        #expect(requests[1].headers["Cookie"] == "s=1")
    }

    @Test func `a failed step ends the check, but for steps that always run`() throws {
        let json = multistep([
            step("a", "GET", "http://h/a"), step("b", "GET", "http://h/b"), step("c", "GET", "http://h/c", more: #","alwaysExecute":true"#),
        ])
        let (results, requests, _) = try run(json, ["GET http://h/a": [.response(500, "", Headers())], "GET http://h/c": [.ok("")]])
        #expect(results[0].steps.map(\.status) == [.failed, .skipped, .passed])
        #expect(results[0].status == .failed)
        #expect(requests.map(\.url) == ["http://h/a", "http://h/c"])
    }

    @Test(arguments: [(false, CheckResult.Status.passed), (true, .failed)])
    func `an allowed failure counts only when it is critical`(isCritical: Bool, status: CheckResult.Status) throws {
        let json = multistep([
            step("a", "GET", "http://h/a", more: #","allowFailure":true,"isCritical":\#(isCritical)"#), step("b", "GET", "http://h/b"),
        ])
        let (results, _, _) = try run(json, ["GET http://h/a": [.response(500, "", Headers())], "GET http://h/b": [.ok("")]])
        #expect(results[0].steps.map(\.status) == [.failed, .passed])
        #expect(results[0].status == status)
    }

    @Test func `a value that is not there fails the step`() throws {
        let extract = #","extractedValues":[{"name":"ID","type":"http_body","parser":{"type":"json_path","value":"$.id"}}]"#
        let (results, _, _) = try run(multistep([step("a", "GET", "http://h/a", more: extract)]), ["GET http://h/a": [.ok("{}")]])
        #expect(results[0].failure == CheckFailure(.malformedResponse, "no value for ID: $.id finds nothing"))
    }

    @Test func `a wait takes the loop's time`() throws {
        let (results, _, _) = try run(multistep([#"{"name":"w","subtype":"wait","value":180}"#]), [:])
        #expect(results[0].duration == .seconds(180))
        #expect(results[0].status == .passed)
    }

    @Test func `each attempt generates new values`() throws {
        let config = #","configVariables":[{"name":"T","type":"text","pattern":"{{ numeric(16) }}"}]"#
        let json = definition(url: "http://h/{{ T }}", options: #"{"retry":{"count":1}}"#, config: config)
        let (_, requests, _) = try run(json, [:])
        #expect(Set(requests.map(\.url)).count == 2)
        #expect(try run(json, [:]).requests.map(\.url) == requests.map(\.url))
    }

    @Test func `secret values stay out of results`() throws {
        let config = #","configVariables":[{"name":"S","type":"text","pattern":"hunter2","secure":true}]"#
        let json = definition(url: "http://h/{{ S }}", assertions: #"[{"type":"body","operator":"is","target":"{{ S }}!"}]"#, config: config)
        let (results, requests, _) = try run(json, ["GET http://h/hunter2": [.ok("said hunter2")]])
        #expect(requests[0].url == "http://h/hunter2")
        let report = RunReport(results: results, duration: .zero)
        let shown = JSONReport.document(report).json() + ConsoleReport(usesColour: false).text(report) + JUnitReport.xml(report)
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("said ******"))
    }

    @Test func `a header with a line break is not sent`() throws {
        let json = definition(url: "http://h/").replacing(#""url""#, with: #""headers":{"X":"{{ V }}"},"url""#)
        let (results, requests, _) = try run(json, [:], sources: VariableSources(overrides: ["V": "a\r\nHost: x"]))
        #expect(results[0].failure?.code == .invalidCharacterInHeader)
        #expect(requests.isEmpty)
    }

    // MARK: Time

    @Test func `checks that have no time left are timed out, and what ended before counts`() throws {
        let checks = (0..<4).map { definition(name: "c\($0)", url: "http://h/\($0)", options: #"{"retry":{"count":1,"interval":0}}"#) }
        let script = [
            "GET http://h/0": [ScriptedTransport.Answer.late(.seconds(1), 200)], "GET http://h/1": [.late(.seconds(100), 200)],
            "GET http://h/2": [.late(.seconds(2), 500), .late(.seconds(100), 200)], "GET http://h/3": [.ok("")],
        ]
        let (results, requests, _) = try run("[\(checks.joined(separator: ","))]", script, concurrency: 3, timeLimit: .seconds(10))
        #expect(results.map(\.timedOut) == [false, true, true, false])
        #expect(results.map(\.status) == [.passed, .failed, .failed, .passed])
        #expect(results[1].failure == CheckFailure(.timeout, "The batch timed out before receiving the result."))
        #expect(results[2].failure == CheckFailure(.timeout, "The batch timed out before receiving the retry."))
        #expect(results[1].finished == Timestamp(nanoseconds: 10_000_000_000))
        #expect(requests.count == 5)
    }

    @Test func `a check that is still waiting for its turn at the end is timed out without a request`() throws {
        let checks = (0..<2).map { definition(name: "c\($0)", url: "http://h/\($0)") }
        let script = ["GET http://h/0": [ScriptedTransport.Answer.late(.seconds(30), 200)]]
        let (results, requests, _) = try run("[\(checks.joined(separator: ","))]", script, concurrency: 1, timeLimit: .seconds(10))
        #expect(results.map(\.timedOut) == [true, true])
        #expect(requests.map(\.url) == ["http://h/0"])
    }

    @Test(arguments: [(true, RunPolicy.Outcome.failed, Int32(1)), (false, .passed, 0)])
    func `whether a timed out check fails the run is the policy's`(fails: Bool, outcome: RunPolicy.Outcome, status: Int32) throws {
        let (results, _, _) = try run(definition(), ["GET http://h/": [.late(.seconds(30), 200)]], timeLimit: .seconds(1))
        var policy = RunPolicy()
        policy.failsOnTimeout = fails
        #expect(policy.outcome(of: results[0]) == outcome)
        #expect(policy.status(of: RunReport(results: results, duration: .zero, policy: policy)) == status)
    }

    @Test(arguments: [(false, RunPolicy.Outcome.unhealthy, Int32(2)), (true, .failed, 1)])
    func `the runner's own trouble is never a pass`(fails: Bool, outcome: RunPolicy.Outcome, status: Int32) throws {
        let (results, _, _) = try run(definition(), ["GET http://h/": [.failure(.noResources("Too many open files"))]])
        var policy = RunPolicy()
        policy.failsOnCriticalErrors = fails
        #expect(policy.outcome(of: results[0]) == outcome)
        #expect(policy.status(of: RunReport(results: results, duration: .zero, policy: policy)) == status)
    }

    // MARK: Steps

    @Test func `a step is retried by itself`() throws {
        let json = multistep([step("a", "GET", "http://h/a", more: #","retry":{"count":2,"interval":500}"#), step("b", "GET", "http://h/b")])
        let script = ["GET http://h/a": [ScriptedTransport.Answer.failure(.connectionReset), .ok("")], "GET http://h/b": [.ok("")]]
        let (results, requests, _) = try run(json, script)
        #expect(results[0].status == .passed && results[0].attempts == 1)
        #expect(requests.map(\.url) == ["http://h/a", "http://h/a", "http://h/b"])
        #expect(results[0].finished == Timestamp(nanoseconds: 500_000_000))
    }

    @Test func `a success can end the check`() throws {
        let json = multistep([
            step("a", "GET", "http://h/a", more: #","exitIfSucceed":true"#), step("b", "GET", "http://h/b"),
            step("c", "GET", "http://h/c", more: #","alwaysExecute":true"#),
        ])
        let (results, requests, _) = try run(json, ["GET http://h/a": [.ok("")], "GET http://h/c": [.ok("")]])
        #expect(results[0].steps.map(\.status) == [.passed, .skipped, .passed])
        #expect(results[0].status == .passed)
        #expect(requests.map(\.url) == ["http://h/a", "http://h/c"])
    }

    @Test func `a step without assertions passes when it is answered`() throws {
        let bare = #"{"name":"a","request":{"method":"GET","url":"http://h/a"}}"#
        #expect(try run(multistep([bare]), ["GET http://h/a": [.response(500, "", Headers())]]).results[0].status == .passed)
        #expect(try run(multistep([bare]), ["GET http://h/a": [.failure(.connectionReset)]]).results[0].status == .failed)
    }

    @Test(arguments: [
        (#"{"type":"json_path","value":"$.list[?(@.n == '{{ W }}')].v"}"#, "3"), (#"{"type":"x_path","value":"//li[2]"}"#, nil),
        (#"{"type":"regex","value":"\"n\":\"(.)\""}"#, "p"), (#"{"type":"regex","value":"{{ W }}."}"#, "q\""),
        (#"{"type":"raw"}"#, #"{"list":[{"n":"p","v":2},{"n":"q","v":3}]}"#), (#"{"type":"json_path","value":"$.list"}"#, #"[{"n":"p","v":2},{"n":"q","v":3}]"#),
    ] as [(String, String?)])
    func `values are taken out of a body`(parser: String, value: String?) throws {
        let extract = #","extractedValues":[{"name":"X","type":"http_body","parser":\#(parser)}]"#
        let json = multistep([
            step("make", "GET", "http://h/a", more: extract),
            #"{"name":"use","subtype":"http","request":{"method":"POST","url":"http://h/b","body":"{{ X }}"},"assertions":[]}"#,
        ])
        let body = #"{"list":[{"n":"p","v":2},{"n":"q","v":3}]}"#
        let (results, requests, _) = try run(
            json, ["GET http://h/a": [.ok(body)], "POST http://h/b": [.ok("")]], sources: VariableSources(given: ["W": "q"]))
        #expect((results[0].status == .passed) == (value != nil))
        #expect(requests.dropFirst().map { String(decoding: $0.body, as: UTF8.self) } == [value].compactMap { $0 })
    }

    @Test(arguments: [
        ("x_path", "//li[2]", "<ul><li>1<li>2</ul>", "2"), ("x_path", "count(//li)", "<ul><li>1<li>2</ul>", "2"), ("x_path", "//a/@href", "<a href=x>", "x"),
    ])
    func `values are taken out of a page`(type: String, path: String, body: String, value: String) throws {
        let extract = #","extractedValues":[{"name":"X","type":"http_body","parser":{"type":"\#(type)","value":"\#(path)"},"secure":false}]"#
        let json = multistep([step("make", "GET", "http://h/", more: extract), step("use", "GET", "http://h/{{ X }}")])
        let (_, requests, _) = try run(json, ["GET http://h/": [.ok(body, Headers(["Content-Type": "text/html"]))]])
        #expect(requests.last?.url == "http://h/\(value)")
    }

    @Test(arguments: [
        (#""type":"http_header","field":"x-none","parser":{"type":"raw"}"#, "there is no header x-none"),
        (#""type":"http_body","parser":{"type":"x_path","value":"//nav"}"#, "//nav finds nothing"),
        (#""type":"http_body","parser":{"type":"regex","value":"\\d"}"#, "nothing matches \\d"),
        (#""type":"http_body","parser":{"type":"json_path","value":"$.id"}"#, "the answer is not JSON"),
    ])
    func `what a response does not hold is named`(extraction: String, why: String) throws {
        let json = multistep([step("a", "GET", "http://h/", more: #","extractedValues":[{"name":"ID",\#(extraction)}]"#)])
        let (results, _, _) = try run(json, ["GET http://h/": [.ok("<p>x</p>")]])
        #expect(results[0].failure == CheckFailure(.malformedResponse, "no value for ID: \(why)"))
    }

    // MARK: Subtests

    static func played(_ id: String, _ steps: [String], config: String = "") -> String {
        multistep(steps, config: config).replacing(#""name":"m""#, with: #""name":"played \#(id)","public_id":"\#(id)""#)
    }

    static func play(_ id: String, more: String = "") -> String { #"{"name":"play","subtype":"playSubTest","subtestPublicId":"\#(id)"\#(more)}"# }

    @Test func `a step plays another check, which sees its values and gives back its own`() throws {
        let extract = #","extractedValues":[{"name":"TOKEN","type":"http_body","parser":{"type":"raw"}}]"#
        let inner = Self.played(
            "abc-def-ghi", [step("log in", "GET", "{{ BASE }}/{{ USER }}", more: extract)],
            config: #","configVariables":[{"name":"USER","type":"text","pattern":"ann"},{"name":"BASE","type":"text","pattern":"http://inner"}]"#)
        let outer = multistep(
            [Self.play("abc-def-ghi"), step("use", "GET", "{{ BASE }}/{{ TOKEN }}")],
            config: #","configVariables":[{"name":"BASE","type":"text","pattern":"http://outer"}]"#)
        let headers = Headers(["Set-Cookie": "s=1; Path=/"])
        let (results, requests, _) = try run(
            "[\(outer),\(inner)]",
            ["GET http://outer/ann": [.ok("t1", headers)], "GET http://outer/t1": [.ok("")], "GET http://inner/ann": [.ok("x")]], concurrency: 1)
        #expect(results.map(\.status) == [.passed, .passed])
        #expect(requests.map(\.url) == ["http://outer/ann", "http://outer/t1", "http://inner/ann"])
        #expect(requests[1].headers["Cookie"] == "s=1")
        #expect(results[0].steps[0].substeps.map(\.name) == ["log in"])
    }

    @Test func `a played check that fails fails its step and says where`() throws {
        let inner = Self.played("abc-def-ghi", [step("log in", "GET", "http://h/"), step("never", "GET", "http://h/x")])
        let (results, _, _) = try run(
            "[\(multistep([Self.play("abc-def-ghi"), step("use")])),\(inner)]", ["GET http://h/": [.response(403, "", Headers())]])
        #expect(results[0].steps.map(\.status) == [.failed, .skipped])
        #expect(
            results[0].failure
                == CheckFailure(.incorrectAssertion, "played abc-def-ghi, log in: statusCode should be 200. Actual: 403"))
        let text = ConsoleReport(usesColour: false).text(results[0])
        #expect(text.contains("      ✖ | 12ms - log in\n") || text.contains("      ✖ | 0ms - log in\n"))
        #expect(text.contains("        - Assertion failed:\n          ▶ statusCode should be 200. Actual: 403"))
    }

    @Test(arguments: [
        (["abc-def-ghi"], [], #"its step "play" plays the test abc-def-ghi, whose definition is not here"#),
        (["aaa-aaa-aaa"], [("aaa-aaa-aaa", "aaa-aaa-aaa")], "its tests play each other more than 2 levels deep, which Datadog does not do either"),
        (
            ["aaa-aaa-aaa"], [("aaa-aaa-aaa", "bbb-bbb-bbb"), ("bbb-bbb-bbb", "ccc-ccc-ccc")],
            #"its step "play" plays the test ccc-ccc-ccc, whose definition is not here"#
        ),
    ] as [([String], [(String, String)], String)])
    func `a check that cannot play what it wants to is skipped`(plays: [String], others: [(String, String)], reason: String) throws {
        let checks = [multistep(plays.map { Self.play($0) })] + others.map { Self.played($0.0, [Self.play($0.1)]) }
        let (results, requests, _) = try run("[\(checks.joined(separator: ","))]", [:])
        #expect(results[0].status == .skipped(reason))
        #expect(requests.isEmpty)
    }
}
