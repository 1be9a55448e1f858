import Base
import HTTP
import Testing

@testable import Synthetics

/// What a command did.
struct CommandRun {
    var status: Int32
    var output: String
    var complaint: String
    var workspace: MemoryWorkspace
    var requests: [ClientRequest]
    var shown: [String?]

    static let control = #"{"url":"http://127.0.0.1:9/","token":"secret","pid":123}"#
    static let controlPath = "/home/a/.local/state/shophost/control.json"
    static let checksURL = "GET http://127.0.0.1:9/v1/checks?shop="

    init(
        _ arguments: [String], workspace: MemoryWorkspace, _ script: [String: [ScriptedTransport.Answer]] = [:], environment: [String: String] = [:],
        isTerminal: Bool = false
    ) throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 1_767_225_600_000_000_000))
        let transport = ScriptedTransport(script, loop: loop)
        let output = MemoryOutput(isTerminal: isTerminal)
        let options = try CommandLineOptions(["checks"] + arguments)
        let environment = environment.merging(["HOME": "/home/a"]) { given, _ in given }
        let outcome = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let command = ChecksCommand(
                options, environment: environment, workspace: workspace, transport: transport, loop: loop, output: output)
            return await command.run(random: &random)
        }
        (status, complaint) = (outcome.status, outcome.complaint)
        (self.output, shown) = (output.text, output.shown)
        self.workspace = workspace
        requests = transport.requests
    }

    init(
        _ arguments: [String], files: [String: String] = [:], _ script: [String: [ScriptedTransport.Answer]] = [:], environment: [String: String] = [:],
        isTerminal: Bool = false
    ) throws {
        try self.init(arguments, workspace: MemoryWorkspace(files), script, environment: environment, isTerminal: isTerminal)
    }

    /// What a running host answers.
    static func answer(_ files: [(String, String)]) -> ScriptedTransport.Answer {
        let list = files.map { Value.object(["name": .string($0.0), "text": .string($0.1)]) }
        return .ok(Value.object(["pack": "toys", "files": .list(list), "variables": .object(["FRONTEND_URL": "http://h"])]).json())
    }
}

@Suite struct CommandTests {
    static let control = CommandRun.control
    static let controlPath = CommandRun.controlPath

    static let shop = [
        definition(name: "Home opens", url: "{{ FRONTEND_URL }}/"),
        definition(
            name: "Cart opens", url: "{{ FRONTEND_URL }}/cart",
            assertions: #"[{"type":"statusCode","operator":"is","target":200},{"type":"body","operator":"contains","target":"Cart"}]"#,
            options: #"{"retry":{"count":1}}"#, more: #","public_id":"abc-def-ghi","message":"Nobody can buy.""#),
        definition(name: "Old", options: #"{"ci":{"executionRule":"skipped"}}"#),
        definition(name: "Icon", url: "{{ FRONTEND_URL }}/icon", options: #"{"ci":{"executionRule":"non_blocking"}}"#),
        multistep([
            step("Get in", "GET", "http://h/"), step("Look", "GET", "http://h/look"), #"{"name":"Rest","subtype":"wait","value":1}"#,
            step("Leave", "GET", "http://h/out"),
        ]),
        definition(name: "Script", assertions: #"[{"type":"javascript","code":"x"}]"#),
    ]
    static let shopScript = [
        "GET http://h/": [ScriptedTransport.Answer.ok("")], "GET http://h/cart": [.response(500, "It\nbroke", Headers())],
        "GET http://h/icon": [.failure(.timedOut(after: .seconds(60)))], "GET http://h/look": [.late(.milliseconds(11_500), 404)],
    ]

    @Test func `the report shows what is found, what passed, what failed and why`() throws {
        let file = "[\(Self.shop.joined(separator: ",\n"))]"
        let script = Self.shopScript.merging([CommandRun.checksURL: [CommandRun.answer([("a.synthetics.json", file)])]]) { a, _ in a }
        let run = try CommandRun([], files: [Self.controlPath: Self.control], script)
        #expect(run.requests[0].headers["Authorization"] == "Bearer secret")
        #expect(run.status == 1)
        #expect(run.complaint == "")
        #expect(
            run.output == """
                Checks of the running shop: toys

                [local] Found test "Home opens"
                [abc-def-ghi] Found test "Cart opens"
                [local] Skipped test "Old" because of execution rule configuration in Datadog
                [local] Found test "Icon" (non-blocking)
                [local] Found test "m"
                [local] Skipped test "Script" because it has an assertion in JavaScript, which cannot be run here

                - Waiting for 4 tests (Home opens, abc-def-ghi, Icon, m)…

                ✓ [local] Home opens - location: localhost
                  • Total duration: 0 ms
                  ✓ GET - http://h/

                ✖ [blocking] [abc-def-ghi] Cart opens - location: localhost (attempt 1 of 2, retrying…)
                  • Total duration: 0 ms
                  ✖ GET - http://h/cart
                  - Assertions failed:
                    ▶ statusCode should be 200. Actual: 500
                    ▶ body should contain "Cart". Actual: It broke

                ✖ [blocking] [abc-def-ghi] Cart opens - location: localhost (attempt 2, done)
                  • Total duration: 0 ms
                  ✖ GET - http://h/cart
                  - Assertions failed:
                    ▶ statusCode should be 200. Actual: 500
                    ▶ body should contain "Cart". Actual: It broke
                  • Nobody can buy.

                ✖ [non-blocking] [local] Icon - location: localhost
                  • Total duration: 0 ms
                  ✖ GET - http://h/icon
                    [TIMEOUT] - no answer within 60.0 seconds

                ✖ [blocking] [local] m - location: localhost
                  • Total duration: 11500 ms
                  ✖ Multistep test containing 3 HTTP test, 1 WAIT test
                    ✓ | 0ms - Get in
                      GET - http://h/
                    ✖ | 11500ms - Look
                      GET - http://h/look
                      - Assertion failed:
                        ▶ statusCode should be 200. Actual: 404
                    ⇢ | Rest
                    ⇢ | Leave


                === REPORT ===
                Took 11500ms

                Continuous Testing Summary:
                • Test Results: 1 passed, 2 failed, 1 failed (non-blocking), 2 skipped
                • Total Duration: 12s

                """)
    }

    @Test func `results come in the order of the checks, whichever ends first`() throws {
        let checks = (0..<3).map { definition(name: "c\($0)", url: "http://h/\($0)") }
        let script = Dictionary(uniqueKeysWithValues: (0..<3).map { ("GET http://h/\($0)", [ScriptedTransport.Answer.late(.seconds(3 - $0), 200)]) })
        let run = try CommandRun(["-f", "a"], files: ["a": "[\(checks.joined(separator: ","))]"], script)
        let names = run.output.split(separator: "\n").filter { $0.hasPrefix("✓") }.map { $0.split(separator: " ")[2] }
        #expect(names == ["c0", "c1", "c2"])
    }

    @Test func `on a terminal one passing line says whom the run waits for`() throws {
        let checks = (0..<12).map { definition(name: "c\($0)", url: "http://h/\($0)") }
        let script = Dictionary(uniqueKeysWithValues: (0..<12).map { ("GET http://h/\($0)", [ScriptedTransport.Answer.late(.milliseconds(200), 200)]) })
        let run = try CommandRun(
            ["-f", "a", "--parallel", "2"], files: ["a": "[\(checks.joined(separator: ","))]"], script, isTerminal: true)
        #expect(run.shown.first == "⠋ Waiting for 12 tests (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, …)…")
        #expect(run.shown.contains { $0?.hasPrefix("⠙ Waiting for 12 tests") == true })
        #expect(run.shown.contains { $0?.hasSuffix(" Waiting for 2 tests (c10, c11)…") == true })
        #expect(run.shown.last == .some(nil))
        #expect(!run.output.contains("Waiting"))
        #expect(run.output.contains("• Max parallelization configured: 2 tests running at the same time"))
        #expect(run.output.contains("Took 1200ms"))
    }

    @Test func `all passed is status 0, and one JSON document is all that is printed`() throws {
        let script = [
            "GET http://127.0.0.1:9/v1/checks?shop=a%20b": [CommandRun.answer([("a", definition(url: "{{ FRONTEND_URL }}/"))])],
            "GET http://h/": [.ok("")],
        ]
        let run = try CommandRun(["--shop", "a b", "--json"], files: [Self.controlPath: Self.control], script)
        #expect(run.status == 0)
        let document = try Value.parse(json: run.output.utf8)
        #expect(document["passed"] == true)
        #expect(document["results"]?["0"]?["result"]?["httpStatusCode"] == 200)
        #expect(document["results"]?["0"]?["result"]?["timings"]?["total"]?.number == 12)
    }

    // MARK: Files

    @Test func `files of one's own need no host`() throws {
        let files = ["checks/a.synthetics.json": definition(url: "{{ U }}/"), "checks/readme.md": "no JSON"]
        let run = try CommandRun(
            ["--files", "checks/*.json", "--variable", "U=http://h", "--junit", "out/report", "--jsonReport", "out/r"], files: files,
            ["GET http://h/": [.ok("")]])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("Finding files matching /home/me/shop/checks/*.json\n\nGot test files:\n  - checks/a.synthetics.json\n\n[local] Found"))
        #expect(run.output.hasSuffix("\n✅ Created a JUnit report at out/report.xml\n\n✅ Created a JSON report at out/r.json\n"))
        #expect(try run.workspace.text("out/report.xml").contains(#"<testsuite errors="0" failures="0" name="checks/a.synthetics.json" skipped="0" tests="1">"#))
        #expect(try Value.parse(json: run.workspace.read("out/r.json"))["results"]?["0"]?["passed"] == true)
    }

    @Test(arguments: [["run-tests"], ["checks"]])
    func `without a host, or when asked to, the files below this folder are taken`(command: [String]) throws {
        let files = [
            "a.synthetics.json": definition(name: "top", url: "http://h/"), "shop/b.synthetics.json": definition(name: "deep", url: "http://h/"),
            "node_modules/c.synthetics.json": definition(name: "foreign", url: "http://h/"), "d.json": definition(name: "other", url: "http://h/"),
        ]
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let output = MemoryOutput()
        let options = try CommandLineOptions(command)
        let outcome = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let transport = ScriptedTransport(["GET http://h/": [.ok("")]], loop: loop)
            let command = ChecksCommand(
                options, environment: [:], workspace: MemoryWorkspace(files), transport: transport, loop: loop, output: output)
            return await command.run(random: &random)
        }
        #expect(outcome.status == 0)
        #expect(output.text.contains("matching /home/me/shop/{,!(node_modules)/**/}*.synthetics.json\n"))
        #expect(output.text.contains("  - a.synthetics.json\n  - shop/b.synthetics.json\n\n[local] Found test \"top\"\n[local] Found test \"deep\"\n\n"))
    }

    @Test func `with a host, run-tests still takes files, and they may name the shop's URLs`() throws {
        let script = [CommandRun.checksURL: [CommandRun.answer([("x", definition(name: "the shop's"))])], "GET http://h/": [.ok("")]]
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let output = MemoryOutput()
        let options = try CommandLineOptions(["synthetics", "run-tests", "--apiKey", "x", "--appKey", "y", "--tunnel"])
        let files = [Self.controlPath: Self.control, "a.synthetics.json": definition(name: "mine", url: "{{ FRONTEND_URL }}/")]
        _ = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let command = ChecksCommand(
                options, environment: ["HOME": "/home/a"], workspace: MemoryWorkspace(files), transport: ScriptedTransport(script, loop: loop), loop: loop,
                output: output)
            return await command.run(random: &random)
        }
        #expect(output.text.contains("✓ [local] mine"))
        #expect(!output.text.contains("the shop's"))
    }

    @Test func `a suite is the file's path in the repository`() throws {
        let workspace = MemoryWorkspace(["a.json": definition()], folderInRepository: "apps/shop")
        let run = try CommandRun(["-f", "./a.json", "-j", "r"], workspace: workspace, ["GET http://h/": [.ok("")]])
        #expect(try run.workspace.text("r.xml").contains(#"classname="apps/shop/a.json" file="apps/shop/a.json""#))
    }

    // MARK: Ids

    @Test func `tests that exist only at Datadog are skipped, counted as missing, and can fail the run`() throws {
        let files = ["storedog.synthetics.json": #"{"tests":[{"id":"w7z-73y-z5s"},{"id":"gq2-uwi-m23"}]}"#]
        let run = try CommandRun(["-f", "*.json", "-j", "r"], files: files)
        #expect(run.status == 0)
        #expect(run.output.contains("[w7z-73y-z5s] Skipped test because it exists only at Datadog; \"datadog-ci synthetics import-tests -p w7z-73y-z5s\" writes"))
        #expect(run.output.contains("\n2 tests not found (w7z-73y-z5s, gq2-uwi-m23)\n\nContinuous Testing Summary:\n• Test Results: 0 passed, 0 failed, 2 skipped\n"))
        #expect(try run.workspace.text("r.xml").contains(#"tests_not_found="2" tests_passed="0" tests_skipped="2""#))
        #expect(try CommandRun(["-f", "*.json", "--failOnMissingTests"], files: files).status == 1)
        #expect(try CommandRun(["-f", "*.json"], files: files, environment: ["DATADOG_SYNTHETICS_FAIL_ON_MISSING_TESTS": "1"]).status == 1)
    }

    @Test func `an id whose definition is in the run is run once, with the overrides of its entry`() throws {
        let files = [
            "local.json": definition(name: "known", more: #","public_id":"abc-def-ghi""#),
            "suite.json": #"{"tests":[{"id":"https://app.datadoghq.com/synthetics/details/abc-def-ghi","testOverrides":{"startUrl":"http://new/","executionRule":"non_blocking"}}]}"#,
        ]
        let run = try CommandRun(["-f", "*.json", "-j", "r"], files: files, ["GET http://new/": [.ok("")]])
        #expect(run.requests.map(\.url) == ["http://new/"])
        #expect(run.output.contains("[abc-def-ghi] Found test \"known\" (non-blocking) (2 test overrides)\n"))
        #expect(try run.workspace.text("r.xml").contains(#"classname="suite.json""#))
    }

    @Test func `public ids choose, with or without a version, and an unknown one is missing`() throws {
        let files = ["a.json": "[\(definition(name: "one", more: #","public_id":"abc-def-ghi""#)),\(definition(name: "two"))]"]
        let run = try CommandRun(["-f", "a.json", "-p", "abc-def-ghi@12", "--public-id", "zzz-zzz-zzz"], files: files, ["GET http://h/": [.ok("")]])
        #expect(run.output.contains("Found test \"one\""))
        #expect(!run.output.contains("\"two\""))
        #expect(run.output.contains("1 test not found (zzz-zzz-zzz)"))
        let wrong = try CommandRun(["-f", "a.json", "-p", "abc"], files: files)
        #expect(wrong.status == 2)
        #expect(wrong.complaint == "synthetics-start: \"abc\" holds no public id such as \"abc-def-ghi\"\n")
    }

    @Test func `a check that is not selected can still be played`() throws {
        let inner = definition(name: "inner", more: #","public_id":"abc-def-ghi","tags":["other"]"#)
        let outer = multistep([RunnerTests.play("abc-def-ghi")])
        let run = try CommandRun(["-f", "a", "-s", "m"], files: ["a": "[\(inner),\(outer)]"], ["GET http://h/": [.ok("")]])
        #expect(run.status == 0)
        #expect(run.output.contains("1 PLAYSUBTEST test"))
        #expect(run.output.contains("• Test Results: 1 passed, 0 failed\n"))
    }

    @Test func `a search in the running shop is the suite, in files it is not`() throws {
        let text = "[\(definition(name: "Home", url: "http://h/", more: #","tags":["page"]"#)),\(definition(name: "Cart"))]"
        let script = [CommandRun.checksURL: [CommandRun.answer([("a.json", text)])], "GET http://h/": [.ok("")]]
        let hosted = try CommandRun(["-s", "tag:page", "-j", "r"], files: [Self.controlPath: Self.control], script)
        #expect(try hosted.workspace.text("r.xml").contains(#"<testsuite errors="0" failures="0" name="Query: tag:page" skipped="0" tests="1">"#))
        let filed = try CommandRun(["-s", "tag:page", "-j", "r", "-f", "a.json"], files: ["a.json": text], script)
        #expect(try filed.workspace.text("r.xml").contains(#"name="a.json""#))
        let any = try CommandRun(["-s", "tag:none", "-s", "cart", "-f", "a.json"], files: ["a.json": text], script)
        #expect(any.output.contains("Found test \"Cart\"") && !any.output.contains("\"Home\""))
    }

    // MARK: What cannot run

    @Test(
        arguments: [
            ([], [:], "no running host found (looked for \(controlPath)), and no *.synthetics.json below this folder"),
            ([], [controlPath: control], "names a host (process 123 at http://127.0.0.1:9) that does not answer"),
            (["--files", "*.nope"], [:], "no file matches *.nope; quote the pattern"), (["--files", "gone.json"], [:], "there is no file gone.json"),
            (["--files", "a"], ["a": "{"], "a:1:2: the document ends inside an object"),
            (["--files", "a"], ["a": "[]"], "there are no checks to run"),
            (["--files", "a", "--search", "hom"], ["a": definition(more: #","tags":["home"]"#)], #"no check fits the search "hom"; did you mean "home"?"#),
            (["--files", "a", "--config", "gone.json"], ["a": definition()], "gone.json cannot be read"),
            (["--files", "a"], ["a": definition(), "datadog-ci.json": #"{"fils":[]}"#], #"datadog-ci.json:1:2: /fils: the configuration has no "fils"; did you mean "files"?"#),
            (
                ["--files", "a"], ["a": definition(), "datadog-ci.json": #"{"defaultTestOverrides":{"retry":{"count":7}}}"#],
                #"datadog-ci.json:1:43: /defaultTestOverrides/retry/count: "count" must be between 0 and 5, not 7"#
            ),
        ] as [([String], [String: String], String)])
    func `what cannot run is status 2 and says what to do`(arguments: [String], files: [String: String], message: String) throws {
        let run = try CommandRun(arguments, files: files)
        #expect(run.status == 2)
        #expect(run.complaint.contains(message), "\(run.complaint)")
        #expect(run.requests.allSatisfy { $0.url.contains("/v1/checks") })
        let json = try CommandRun(arguments + ["--json"], files: files)
        #expect(json.status == 2)
        #expect(json.complaint == "")
        #expect(try Value.parse(json: json.output.utf8)["error"] != nil)
        #expect(try CommandRun(arguments + ["--failOnCriticalErrors"], files: files).status == 1)
    }

    @Test(arguments: [(["-f", "none"], [:]), (["-f", "a"], ["a": "[]"]), (["-f", "a", "-s", "none"], ["a": definition()])] as [([String], [String: String])])
    func `a run without tests can be a failure`(arguments: [String], files: [String: String]) throws {
        #expect(try CommandRun(arguments + ["--failOnMissingTests"], files: files).status == 1)
        #expect(try CommandRun(["-f", "bad", "--failOnMissingTests"], files: ["bad": "{"]).status == 2)
    }

    @Test func `a report that cannot be written is not a run that went well`() throws {
        let workspace = MemoryWorkspace(["a": definition()], readOnly: ["out"])
        let run = try CommandRun(["-f", "a", "-j", "out/r"], workspace: workspace, ["GET http://h/": [.ok("")]])
        #expect(run.status == 2)
        #expect(run.complaint.hasPrefix("\n❌ Couldn't write the JUnit report to out/r.xml:\n"))
        #expect(try CommandRun(["-f", "a", "-j", "out/r"], workspace: workspace).status == 1)
    }

    @Test func `a run that ends by its time limit says so`() throws {
        let script = ["GET http://h/": [ScriptedTransport.Answer.late(.seconds(90), 200)]]
        let failed = try CommandRun(["-f", "a", "--batchTimeout", "2000"], files: ["a": definition()], script)
        #expect(failed.status == 1)
        #expect(failed.output.contains("    [TIMEOUT] - The batch timed out before receiving the result.\n"))
        #expect(failed.output.contains("• Test Results: 0 passed, 1 failed (1 timed out)\n"))
        let forgiven = try CommandRun(["-f", "a", "--batchTimeout=2000", "--no-failOnTimeout"], files: ["a": definition()], script)
        #expect(forgiven.status == 0)
        #expect(forgiven.output.contains("• Test Results: 1 passed, 0 failed (1 timed out)\n"))
        #expect(forgiven.output.contains("Because `failOnTimeout` is disabled, the command will succeed."))
    }

    @Test func `the runner's own trouble is told and ignored, but not passed`() throws {
        let script = ["GET http://h/": [ScriptedTransport.Answer.failure(.noResources("Too many open files"))]]
        let run = try CommandRun(["-f", "a"], files: ["a": definition()], script)
        #expect(run.status == 2)
        #expect(run.output.contains("  ⇢ | this machine cannot open another connection: Too many open files\n  We had an error during the execution of this test."))
        #expect(run.output.contains("• Test Results: 0 passed, 0 failed (1 critical errors)\n"))
        #expect(try CommandRun(["-f", "a", "--failOnCriticalErrors"], files: ["a": definition()], script).status == 1)
    }

    @Test(arguments: [
        (401, "refuses the token"), (404, #"has no such shop: no shop named "x""#), (422, #"says: no shop named "x""#), (500, "answered 500"),
    ])
    func `a refusing host is explained`(status: Int, message: String) throws {
        let script = [CommandRun.checksURL: [ScriptedTransport.Answer.response(status, #"{"error":"no shop named \"x\""}"#, Headers())]]
        let run = try CommandRun([], files: [Self.controlPath: Self.control], script)
        #expect(run.status == 2)
        #expect(run.complaint.contains(message))
    }

    @Test func `a long body is shown by its beginning and its whole length`() throws {
        let body = String(repeating: "word ", count: 5_000)
        let assertion = #"[{"type":"body","operator":"contains","target":"x"}]"#
        let run = try CommandRun(["-f", "a"], files: ["a": definition(assertions: assertion)], ["GET http://h/": [.ok(body)]])
        #expect(run.output.contains(" Actual: \(String(repeating: "word ", count: 20))… (25000 characters)\n"))
    }

    @Test func `long names do not fill the waiting line`() throws {
        let name = String(repeating: "n", count: 60)
        let checks = (0..<3).map { definition(name: "\(name)\($0)", url: "http://h/") }
        let run = try CommandRun(["-f", "a"], files: ["a": "[\(checks.joined(separator: ","))]"], ["GET http://h/": [.ok("")]])
        #expect(run.output.contains("- Waiting for 3 tests (\(name)0, …)…\n"))
    }

    // MARK: Dry runs

    @Test func `a dry run says what would run, and runs nothing`() throws {
        let run = try CommandRun(
            ["-f", "a", "--dryRun", "--override", "body=x", "--override", "startUrl=http://h/"],
            files: ["a": "[\(definition(name: "one")),\(definition(name: "two")),\(definition(name: "old", more: #","status":"paused""#))]"])
        #expect(run.status == 0)
        #expect(run.requests.isEmpty)
        #expect(
            run.output.hasSuffix(
                """
                [local] Found test "one" (2 test overrides)
                [local] Found test "two" (2 test overrides)
                [local] Skipped test "old" because it is paused

                Dry Run Summary:
                • Would trigger 2 tests
                • 1 skipped
                • Default overrides applied to all tests: body, startUrl
                • Fail on timeout: true
                • Fail on missing tests: false
                • Fail on critical errors: false
                • Batch timeout: 1800000ms

                """), "\(run.output)")
        let json = try CommandRun(["-f", "a", "--dry-run", "--json"], files: ["a": definition(name: "one")])
        #expect(try Value.parse(json: json.output.utf8)["tests"]?["0"]?["name"] == "one")
    }
}
