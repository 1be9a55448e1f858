import Base
import Foundation
import Testing

@testable import Objectives

/// Rules as the real `promtool` sees them.
@Suite struct PrometheusRulesTests {
    static func check(_ text: String) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString).yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["promtool", "check", "rules", file.path]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said)
    }

    @Test(arguments: [
        ManifestTests.openSLO, ManifestTests.openSLO.replacing("30d", with: "7d"),
        ManifestTests.openSLO.replacing("good:  ", with: "bad:  ").replacing("counter: true", with: "counter: false"),
        ManifestTests.openSLO.replacing("sum(http_requests_total)", with: "sum(rate(http_requests_total[{{.window}}]))"),
    ])
    func `promtool accepts them`(manifest: String) throws {
        let (status, output) = try Self.check(PrometheusRules.text(ManifestTests.read(manifest)))
        #expect(status == 0, "\(output)")
        #expect(output.contains("SUCCESS: 17 rules found") || output.contains("SUCCESS: 18 rules found"), "\(output)")
    }

    @Test func `names and labels are those of Sloth`() throws {
        let text = PrometheusRules.text(try ManifestTests.read(ManifestTests.openSLO))
        for part in [
            "record: slo:sli_error:ratio_rate5m", "record: slo:sli_error:ratio_rate30d", "sloth_id: frontend-frontend-availability", "sloth_severity: page",
            "alert: FrontendAvailabilityErrorBudgetBurn", "(page) frontend Frontend availability SLO error budget burn rate is too fast.", "14.4 * (0.010000)",
        ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func `an objective without PromQL is named and left out`() throws {
        let objectives = try ManifestTests.read(ManifestTests.reliably)
        #expect(PrometheusRules.leftOut(objectives) == ["99% of frontend responses over last 5 minutes are 2xx"])
        #expect(PrometheusRules.text(objectives).contains("groups: []"))
    }
}
