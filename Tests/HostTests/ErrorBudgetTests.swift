import Foundation
import Testing

/// The exercise with an error budget, as `README.md` prints it: its lines run in a real shell.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct ErrorBudgetTests {
    private static let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")

    /// The first block of commands below a heading.
    private static func commands(below heading: String) throws -> String {
        let text = try String(contentsOf: readme, encoding: .utf8)
        let section = try #require(text.range(of: "## \(heading)\n"))
        let start = try #require(text[section.upperBound...].range(of: "```sh\n"))
        let end = try #require(text[start.upperBound...].range(of: "```"))
        return String(text[start.upperBound..<end.lowerBound])
    }

    @Test func `the budget is overdrawn, the cause mended and the budget kept again`() throws {
        let folder = try PackFolder()
        let ports = try DatadogAgent.freePorts(2)
        // Ports of its own, because other tests use them too; nothing else is changed.
        let exercise = try Self.commands(below: "An exercise with an error budget")
            .replacing("--pack hello ", with: "--pack hello --seed 5 --port \(ports[0]) --observability-port \(ports[1]) ")
            .replacing(":8000/", with: ":\(ports[0])/").replacing(":16686/", with: ":\(ports[1])/")
        let script = "set -e\ncd '\(folder.folder)'\ntrap 'kill %1' EXIT\n" + exercise.replacing("\n", with: "\necho \"--- $?\"\n") + "echo the end\n"
        let path = URL(filePath: ChildHost.program).deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let (status, output, complaint) = try ChildHost.capture(
            ["-c", script], program: "/bin/bash", environment: ["PATH": path, "SHOPHOST_CONTROL": folder.folder + "/control.json"])
        #expect(status == 0 && output.contains("the end"), "\(output)\(complaint)")
        let parts = output.components(separatedBy: "--- 0\n")
        try #require(parts.count == 11, "\(output)")
        #expect(parts[2].contains("[500]") && parts[2].contains("[200]"))
        #expect(parts[3].contains("❌ 99% of greetings over the last 5 minutes succeed"))
        #expect(parts[3].contains("EUR lost"))
        #expect(parts[4].contains(#""status":"ok""#) && parts[4].contains("pointlist"), "\(parts[4])")
        #expect(parts[8].contains("[200]\t20000 responses") && !parts[8].contains("[500]"), "\(parts[8])")
        #expect(parts[9].contains("✅ 99% of greetings over the last 5 minutes succeed"), "\(parts[9])")
    }
}
