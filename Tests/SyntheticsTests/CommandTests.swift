import Base
import HTTP
import Synchronization
import Testing

@testable import Synthetics

/// Files in memory.
final class MemoryWorkspace: Workspace {
    struct Missing: Error {}
    private let stored: Mutex<[String: [UInt8]]>

    init(_ files: [String: String]) { stored = Mutex(files.mapValues { Array($0.utf8) }) }

    func read(_ path: String) throws -> [UInt8] {
        guard let bytes = stored.withLock({ $0[path] }) else { throw Missing() }
        return bytes
    }
    func write(_ bytes: [UInt8], to path: String) throws { stored.withLock { $0[path] = bytes } }
    func files(matching pattern: GlobPattern) -> [String] { stored.withLock { $0.keys.filter { pattern.matches($0) }.sorted() } }
    func exists(_ path: String) -> Bool { stored.withLock { $0[path] != nil } }
}

@Suite struct CommandTests {
    static let control = #"{"url":"http://127.0.0.1:9/","token":"secret","pid":123}"#
    static let environment = ["HOME": "/home/a"]
    static let controlPath = "/home/a/.local/state/shophost/control.json"

    static func outcome(
        _ arguments: [String], files: [String: String] = [:], _ script: [String: [ScriptedTransport.Answer]] = [:]
    ) throws -> (outcome: ChecksCommand.Outcome, workspace: MemoryWorkspace, requests: [ClientRequest]) {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let transport = ScriptedTransport(script, loop: loop)
        let workspace = MemoryWorkspace(files)
        let options = try CommandLineOptions(["checks"] + arguments)
        let outcome = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let command = ChecksCommand(
                options, environment: environment, workspace: workspace, transport: transport, loop: loop, usesColour: false)
            return await command.run(random: &random)
        }
        return (outcome, workspace, transport.requests)
    }

    static func answer(_ files: [(String, String)]) -> ScriptedTransport.Answer {
        let list = files.map { Value.object(["name": .string($0.0), "text": .string($0.1)]) }
        return .ok(Value.object(["pack": "toys", "files": .list(list), "variables": .object(["FRONTEND_URL": "http://h"])]).json())
    }

    @Test func `the report shows what passed, what failed and why`() throws {
        let checks = [
            definition(name: "Home opens", url: "{{ FRONTEND_URL }}/"),
            definition(
                name: "Cart opens", url: "{{ FRONTEND_URL }}/cart",
                assertions: #"[{"type":"statusCode","operator":"is","target":200},{"type":"body","operator":"contains","target":"Cart"}]"#,
                options: #"{"retry":{"count":1}}"#, more: #","public_id":"abc-def-ghi","message":"Nobody can buy.""#),
            definition(name: "Old", options: #"{"ci":{"executionRule":"skipped"}}"#),
            definition(name: "Icon", url: "{{ FRONTEND_URL }}/icon", options: #"{"ci":{"executionRule":"non_blocking"}}"#),
            multistep([step("Get in", "GET", "http://h/"), step("Look", "GET", "http://h/look"), step("Leave", "GET", "http://h/out")]),
        ]
        let file = "[\(checks.joined(separator: ",\n"))]"
        let script = [
            "GET http://127.0.0.1:9/v1/checks?shop=": [Self.answer([("a.synthetics.json", file)])], "GET http://h/": [.ok("")],
            "GET http://h/cart": [.response(500, "It\nbroke", Headers())], "GET http://h/icon": [.failure(.timedOut(after: .seconds(60)))],
            "GET http://h/look": [.late(.milliseconds(1_500), 404)],
        ]
        let (outcome, _, requests) = try Self.outcome([], files: [Self.controlPath: Self.control], script)
        #expect(requests[0].headers["Authorization"] == "Bearer secret")
        #expect(outcome.status == 1)
        #expect(outcome.complaint == "")
        #expect(
            outcome.output == """
                ✓ [local] Home opens
                  • Total duration: 0 ms
                  ✓ GET - http://h/

                ✖ [blocking] [abc-def-ghi] Cart opens (attempt 2 of 2)
                  • Total duration: 0 ms
                  ✖ GET - http://h/cart
                  - Assertions failed:
                    ▶ statusCode should be 200. Actual: 500
                    ▶ body should contain "Cart". Actual: It broke
                  • Nobody can buy.

                ⇢ [local] Old
                  Skipped: of its execution rule

                ✖ [non-blocking] [local] Icon
                  • Total duration: 0 ms
                  ✖ GET - http://h/icon
                    [TIMEOUT] - no answer within 60.0 seconds

                ✖ [blocking] [local] m
                  • Total duration: 1500 ms
                  ✖ Multistep test containing 3 steps
                    ✓ | 0 ms - Get in
                      GET - http://h/
                    ✖ | 1500 ms - Look
                      GET - http://h/look
                      - Assertion failed:
                        ▶ statusCode should be 200. Actual: 404
                    ⇢ | Leave

                === REPORT ===
                Took 1500 ms

                Continuous Testing Summary:
                • Test Results: 1 passed, 2 failed, 1 failed (non-blocking), 1 skipped

                """)
    }

    @Test func `all passed is status 0`() throws {
        let script = [
            "GET http://127.0.0.1:9/v1/checks?shop=a%20b": [Self.answer([("a", definition(url: "{{ FRONTEND_URL }}/"))])], "GET http://h/": [.ok("")],
        ]
        let (outcome, _, _) = try Self.outcome(["--shop", "a b", "--json"], files: [Self.controlPath: Self.control], script)
        #expect(outcome.status == 0)
        let document = try Value.parse(json: outcome.output.utf8)
        #expect(document["passed"] == true)
        #expect(document["results"]?["0"]?["result"]?["httpStatusCode"] == 200)
        #expect(document["results"]?["0"]?["result"]?["timings"]?["total"]?.number == 12)
    }

    @Test func `files of one's own need no host`() throws {
        let files = ["checks/a.synthetics.json": definition(url: "{{ U }}/"), "checks/readme.md": "no JSON"]
        let (outcome, workspace, _) = try Self.outcome(
            ["--files", "checks/*.json", "--variable", "U=http://h", "--junit", "out/report"], files: files, ["GET http://h/": [.ok("")]])
        #expect(outcome.status == 0)
        let xml = String(decoding: try workspace.read("out/report.xml"), as: UTF8.self)
        #expect(xml.contains(#"<testsuite errors="0" failures="0" name="checks/a.synthetics.json" skipped="0" tests="1">"#))
    }

    @Test(
        arguments: [
            ([], [:], "no running host found (looked for \(controlPath))"),
            ([], [controlPath: control], "names a host (process 123 at http://127.0.0.1:9) that does not answer"),
            (["--files", "*.nope"], [:], "no file matches *.nope"),
            (["--files", "a"], ["a": "{"], "a:1:2: the document ends inside an object"),
            (
                ["--files", "a", "--search", "hom"], ["a": definition(more: #","tags":["home"]"#)],
                #"no check has the tag "hom"; did you mean "home"?"#
            ),
        ] as [([String], [String: String], String)])
    func `what cannot run is status 2 and says what to do`(arguments: [String], files: [String: String], message: String) throws {
        let (outcome, _, _) = try Self.outcome(arguments, files: files)
        #expect(outcome.status == 2)
        #expect(outcome.output == "")
        #expect(outcome.complaint.contains(message))
        let (json, _, _) = try Self.outcome(arguments + ["--json"], files: files)
        #expect(json.status == 2)
        #expect(try Value.parse(json: json.output.utf8)["error"] != nil)
    }

    @Test(arguments: [
        (401, "refuses the token"), (404, #"has no such shop: no shop named "x""#), (500, "answered 500"),
    ])
    func `a refusing host is explained`(status: Int, message: String) throws {
        let script = [
            "GET http://127.0.0.1:9/v1/checks?shop=": [ScriptedTransport.Answer.response(status, #"{"error":"no shop named \"x\""}"#, Headers())]
        ]
        let (outcome, _, _) = try Self.outcome([], files: [Self.controlPath: Self.control], script)
        #expect(outcome.status == 2)
        #expect(outcome.complaint.contains(message))
    }

    @Test(arguments: [
        (["chekcs"], #"unknown command "chekcs"; did you mean "checks"?"#), (["checks", "--jsn"], #"unknown option --jsn; did you mean "--json"?"#),
        (["checks", "--files"], "--files needs a value"), (["checks", "--variable", "=x"], #"--variable needs NAME=VALUE, not "=x""#),
        (["checks", "x"], #"unexpected "x"; files are given with --files"#),
    ])
    func `a mistake on the command line is explained`(arguments: [String], message: String) {
        #expect(throws: CommandLineOptions.UsageError(description: message)) { try CommandLineOptions(arguments) }
    }

    @Test func `options are read in both spellings`() throws {
        let options = try CommandLineOptions(["checks", "--variable=A=b=c", "-f", "x", "--files=y", "-s", "tag:home", "--jUnitReport", "r"])
        #expect(options.variables == ["A": "b=c"])
        #expect(options.globs == ["x", "y"])
        #expect(options.tags == ["home"])
        #expect(options.junitFile == "r.xml")
        #expect(try CommandLineOptions([]).action == .help)
        #expect(try CommandLineOptions(["checks", "--help"]).action == .help)
    }

    @Test(arguments: [
        ("*.json", "a.json", true), ("*.json", "d/a.json", false), ("**/*.json", "d/e/a.json", true), ("**/*.json", "a.json", true),
        ("d/?.json", "d/a.json", true), ("d/?.json", "d/ab.json", false), ("{a,b}/*.{json,js}", "b/x.js", true), ("{a,b}/*", "c/x", false),
        ("./a", "a", true),
    ])
    func `file patterns`(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(path) == matches)
    }
}
