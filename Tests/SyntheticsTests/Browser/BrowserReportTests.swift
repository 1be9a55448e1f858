import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

@Suite struct BrowserReportTests {
    /// A check that fails in its second step, after one that may fail.
    static func report() throws -> RunReport {
        let steps = [
            browserStep("hover", css("#ad"), name: "Look at the ad", more: #","allowFailure":true,"timeout":1"#),
            browserStep("click", css("#buy"), name: "Buy", more: #","timeout":6"#), browserStep("refresh", name: "Again"), browserStep("refresh", name: "And again"),
        ]
        let test = browserTest(steps, name: "Visitors buy", more: #","public_id":"abc-def-ghi","message":"Nobody can buy.""#)
        let log = DriverAnswer.value(#"[{"level":"SEVERE","source":"javascript","message":"x is not a function"}]"#)
        let (results, _) = try play(test, ["POST /element": [.refusal("no such element")], "POST /se/log": [.value("[]"), .value("[]"), log]])
        return RunReport(results: results, duration: .seconds(7))
    }

    @Test func `the console shows the steps up to the one that ended the check`() throws {
        var report = try Self.report()
        report.results[0].steps[2].browser?.screenshot?.file = "pictures/a.png"
        let text = ConsoleReport(usesColour: false).text(report).split(separator: "=== REPORT")[0]
        let took = report.results[0].steps.map { "\(ConsoleReport.milliseconds($0.duration))ms" }
        #expect(
            text == """
                ✖ [blocking] [abc-def-ghi] Visitors buy - location: localhost - device: chrome.laptop_large
                  • Total duration: \(ConsoleReport.milliseconds(report.results[0].duration)) ms
                    [LOCATE_ELEMENT] - nothing on the page matches css "#buy"
                    ✓ | 0ms - Navigate to start URL
                    http://h/
                    ✖ | \(took[1]) - Look at the ad
                    css "#ad"
                    nothing on the page matches css "#ad"
                    At: http://h/
                    ✖ | \(took[2]) - Buy
                    css "#buy"
                    nothing on the page matches css "#buy"
                    At: http://h/
                    Console: x is not a function
                    Screenshot: pictures/a.png
                    ⇢ | 2 skipped steps
                  • Nobody can buy.



                """)
        #expect(ConsoleReport(usesColour: true).text(report).contains("\u{1b}[1;33m\(took[2].dropLast(2))\u{1b}[0mms"))
    }

    @Test func `a check that passed is shown without its steps`() throws {
        let report = RunReport(results: try play(browserTest([browserStep("refresh")])).results, duration: .zero)
        #expect(ConsoleReport(usesColour: false).text(report).hasPrefix("✓ [local] b - location: localhost - device: chrome.laptop_large\n  • Total duration: 0 ms\n\n\n==="))
    }

    @Test func `the XML names device, allowed failures, complaints and the failure, in this order`() throws {
        let xml = JUnitReport.xml(try Self.report())
        let lines = xml.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(xml.contains(#"name="Visitors buy - id: abc-def-ghi - location: localhost - device: chrome.laptop_large""#))
        let elements = lines.filter { line in ["<allowed", "<browser", "<failure"].contains { line.hasPrefix($0) } }
        #expect(
            elements == [
                ##"<allowed_error type="LOCATE_ELEMENT" step="Look at the ad" allowFailure="true">[LOCATE_ELEMENT] - nothing on the page matches css "#ad"</allowed_error>"##,
                #"<browser_error type="js" name="Console error" step="Buy">x is not a function</browser_error>"#,
                ##"<failure type="LOCATE_ELEMENT" step="Buy" allowFailure="false">[LOCATE_ELEMENT] - nothing on the page matches css "#buy"</failure>"##,
            ])
        for property in [#""device" value="chrome.laptop_large""#, #""width" value="1440""#, #""height" value="1100""#, #""start_url" value="http://h/""#, #""type" value="browser""#] {
            #expect(xml.contains("<property name=\(property)/>"))
        }
    }

    @Test func `the JSON has Datadog's shape of browser results`() throws {
        let document = JSONReport.document(try Self.report())
        let entry = try #require(document["results"]?["0"])
        #expect(entry["test"]?["type"] == "browser")
        let result = try #require(entry["result"])
        #expect(result["startUrl"] == "http://h/")
        #expect(result["device"]?["id"] == "chrome.laptop_large")
        #expect(result["failure"]?["code"] == "LOCATE_ELEMENT")
        let steps = try #require(result["stepDetails"]?.elements)
        #expect(steps.map { $0["type"]?.text ?? "-" } == ["goToUrlAndMeasureTti", "hover", "click", "-", "-"])
        #expect(steps.map { $0["skipped"] } == [false, false, false, true, true])
        #expect(steps[0]["stepId"] == -1)
        #expect(steps[2]["error"] == ##"nothing on the page matches css "#buy""##)
        #expect(steps[2]["browserErrors"]?["0"]?["description"] == "x is not a function")
    }

    @Test func `pictures of failed steps are written, and the report says where`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let workspace = MemoryWorkspace(["f.json": browserTest([browserStep("hover", css("#a"))], name: "Buy a bag!")])
        let none = DriverAnswer.value("null")
        let transport = ScriptedTransport(
            [
                "POST http://d/session": [.value(#"{"sessionId":"s"}"#)], "POST http://d/session/s/timeouts": [none], "POST http://d/session/s/url": [none],
                "GET http://d/session/s/url": [.value("\"http://h/\"")], "GET http://d/session/s/screenshot": [.value("\"iVBORw==\"")],
                "POST http://d/session/s/element": [.refusal("no such element")], "POST http://d/session/s/elements": [.value("[]")], "POST http://d/session/s/se/log": [.value("[]")],
            ], loop: loop)
        let options = try CommandLineOptions(["checks", "--files", "f.json", "--screenshots", "pictures/"])
        let output = MemoryOutput()
        let outcome = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let command = ChecksCommand(
                options, environment: [:], workspace: workspace, transport: transport, loop: loop, output: output,
                browsers: ScriptedBrowsers(transport: transport))
            return await command.run(random: &random)
        }
        #expect(outcome.status == 1)
        let file = "pictures/buy-a-bag.chrome.laptop_large.1.png"
        #expect(output.text.contains("    Screenshot: \(file)\n"))
        #expect(try workspace.read(file) == [0x89, 0x50, 0x4e, 0x47])
    }

    @Test func `a run without a browser says so in the place of the result`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 0))
        let workspace = MemoryWorkspace(["f.json": browserTest([browserStep("refresh")])])
        let options = try CommandLineOptions(["checks", "--files", "f.json"])
        let output = MemoryOutput()
        let outcome = try loop.run { () async -> ChecksCommand.Outcome in
            var random = SeededRandom(seed: 1)
            let command = ChecksCommand(
                options, environment: [:], workspace: workspace, transport: ScriptedTransport([:], loop: loop), loop: loop, output: output,
                browsers: NoBrowsers())
            return await command.run(random: &random)
        }
        #expect(outcome.status == 0)
        #expect(output.text.contains("[local] Skipped test \"b\" because install one\n"))
        #expect(output.text.contains("0 passed, 0 failed, 1 skipped"))
    }
}
