import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

@Suite struct JUnitTests {
    /// One run with everything that a report can hold, from two files.
    static func report(isDone: Bool = true) throws -> (xml: String, json: String) {
        let checks = [
            definition(name: "Home <opens>", more: #","public_id":"aaa-aaa-aaa","monitor_id":77,"message":"","tags":["page","env:prod"],"status":"live""#),
            definition(
                name: "Discounts healthy", url: "http://h/discount", assertions: #"[{"type":"responseTime","operator":"lessThan","target":1000},{"type":"statusCode","operator":"is","target":200}]"#,
                options: #"{"ci":{"executionRule":"blocking"},"retry":{"count":1}}"#, more: #","public_id":"w7z-73y-z5s","message":"Line one\nand \"two\"""#),
            definition(name: "Icon", url: "http://h/icon", options: #"{"ci":{"executionRule":"non_blocking"}}"#),
            definition(name: "Old", options: #"{"ci":{"executionRule":"skipped"}}"#, more: #","public_id":"bbb-bbb-bbb","tags":["x"]"#),
            definition(name: "Script", assertions: #"[{"type":"javascript","code":"x"}]"#),
        ]
        let steps = multistep([
            step("May fail", "GET", "http://h/may", more: #","allowFailure":true"#), step("Must not", "GET", "http://h/look"),
            step("Never", "GET", "http://h/out"),
        ])
        let critical = multistep([step("Critical", "GET", "http://h/may", more: #","allowFailure":true,"isCritical":true"#)])
            .replacing(#""name":"m""#, with: #""name":"critical""#)
        let files = [
            "storedog.synthetics.json": "[\(checks.joined(separator: ","))]",
            "more/steps.synthetics.json": #"{"tests":[{"id":"gq2-uwi-m23"},{"localTestDefinition":\#(steps)},{"localTestDefinition":\#(critical)},{"localTestDefinition":\#(definition(name: "slow", url: "http://h/slow"))}]}"#,
        ]
        let script = [
            "GET http://h/": [ScriptedTransport.Answer.ok("")], "GET http://h/discount": [.late(.milliseconds(1_234), 500)],
            "GET http://h/icon": [.failure(.connectionRefused(host: "h", port: 80))], "GET http://h/may": [.response(500, "a & b", Headers())],
            "GET http://h/look": [.response(404, "\u{1}", Headers())], "GET http://h/slow": [.late(.seconds(99), 200)],
        ]
        let run = try CommandRun(
            ["-f", "*.json", "-f", "more/*", "-j", "r", "--jsonReport", "r", "--batchTimeout", "20000", "-n", "nightly & co"], files: files, script)
        #expect(run.status == 1)
        return (try run.workspace.text("r.xml"), try run.workspace.text("r.json"))
    }

    static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// `RECORD_SNAPSHOTS=1 swift test` writes the golden files anew.
    static func compare(_ text: String, with name: String) throws {
        let file = golden.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            try FileManager.default.createDirectory(at: golden, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `the XML is the golden one`() throws { try Self.compare(try Self.report().xml, with: "report.xml") }

    @Test func `the JSON report is the golden one`() throws { try Self.compare(try Self.report().json, with: "report.json") }

    @Test(.enabled(if: Python.has("junitparser"), "needs Python's junitparser: Tests/install/peers"))
    func `other readers find the same counts, and every text as it was`() throws {
        let program = """
            import sys, xml.etree.ElementTree as tree, junitparser
            text = sys.stdin.read()
            root = tree.fromstring(text.encode())
            assert root.tag == "testsuites" and root.get("name") == "nightly & co", root.attrib
            suites = list(junitparser.JUnitXml.fromstring(text.encode()))
            for suite, element in zip(suites, root):
                cases = list(suite)
                kinds = [r for case in cases for r in case.result]
                count = lambda kind: sum(isinstance(r, kind) for r in kinds)
                assert suite.tests == len(cases) and suite.failures == count(junitparser.Failure), suite
                assert suite.errors == count(junitparser.Error) and suite.skipped == count(junitparser.Skipped), suite
                print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
            order = ["allowed_error", "browser_error", "error", "failure", "properties", "skipped", "warning"]
            for case in root.iter("testcase"):
                places = [order.index(child.tag) for child in case]
                assert places == sorted(places), case.attrib
                assert float(case.get("time")) >= 0
            named = {case.get("name"): case for case in root.iter("testcase")}
            message = named["Discounts healthy - id: w7z-73y-z5s - location: localhost"].find("properties/property[@name='message']").get("value")
            print(repr(message))
            print(sum(int(root.get(key)) for key in ["tests_passed", "tests_failed", "tests_failed_non_blocking", "tests_skipped"]), len(named))
            """
        let result = Python.run(program, input: try Self.report().xml)
        #expect(result.status == 0, "\(result.output)")
        #expect(
            result.output == """
                storedog.synthetics.json 5 1 1 2
                more/steps.synthetics.json 4 3 0 1
                'Line one\\nand "two"'
                9 9

                """)
    }
}
