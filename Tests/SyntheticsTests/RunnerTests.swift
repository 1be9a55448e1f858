import Base
import HTTP
import Testing

@testable import Synthetics

@Suite struct RunnerTests {
    @Test(arguments: [
        (ClientError.connectionRefused(host: "h", port: 80), FailureCode.connectionRefused), (.nameNotResolved(host: "h"), .nameNotResolved),
        (.timedOut(after: .seconds(1)), .timeout), (.connectionReset, .connectionReset), (.tls("bad"), .tls), (.tooManyRedirects, .tooManyRedirects),
        (.invalidURL("x"), .invalidRequest), (.other("x"), .unknown),
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

    @Test func `the last attempt decides`() throws {
        let (results, requests, _) = try run(definition(options: #"{"retry":{"count":1}}"#), ["GET http://h/": [.failure(.connectionReset)]])
        #expect(results[0].status == .failed)
        #expect(requests.count == 2)
    }

    @Test func `paused and skipped checks send nothing`() throws {
        let paused = definition(more: #","status":"paused""#)
        let skipped = definition(options: #"{"ci":{"executionRule":"skipped"}}"#)
        let (results, requests, _) = try run("[\(paused),\(skipped)]", [:])
        #expect(results.map(\.status) == [.skipped("it is paused"), .skipped("of its execution rule")])
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
        #expect(results[0].failure?.code == .invalidRequest)
        #expect(requests.isEmpty)
    }
}
