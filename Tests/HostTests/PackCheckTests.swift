import Foundation
import Testing

/// The script that judges a pack in continuous integration, with the programs as built.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct PackCheckTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameter changes: By path: what to replace in a copy of the pack, and by what.
    private static func run(_ changes: [(path: String, old: String, new: String)] = []) throws -> (status: Int32, output: String, reports: [String]) {
        let work = FileManager.default.temporaryDirectory.appending(path: "pack-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let pack = work.appending(path: "kiosk")
        try FileManager.default.copyItem(at: root.appending(path: "Tests/ProvingTests/Kiosk"), to: pack)
        for change in changes {
            let file = pack.appending(path: change.path)
            let text = try String(contentsOf: file, encoding: .utf8)
            try #require(text.contains(change.old))
            try text.replacing(change.old, with: change.new).write(to: file, atomically: true, encoding: .utf8)
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = root.appending(path: "deploy/ci/pack-check")
        process.arguments = [pack.path, work.appending(path: "reports").path]
        let programs = URL(filePath: ChildHost.program).deletingLastPathComponent()
        process.environment = ProcessInfo.processInfo.environment.merging([
            "SHOPHOST": ChildHost.program, "SYNTHETICS_START": programs.appending(path: "synthetics-start").path,
        ]) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let reports = (try? FileManager.default.contentsOfDirectory(atPath: work.appending(path: "reports").path)) ?? []
        return (process.terminationStatus, text, reports.sorted())
    }

    @Test func `a right pack passes and leaves its reports`() throws {
        let (status, output, reports) = try Self.run()
        #expect(status == 0, "\(output)")
        #expect(output.contains("6 passed, 0 failed"))
        #expect(reports == ["checks.xml", "host.log", "proofs.json"])
    }

    @Test func `a fault that does nothing is found`() throws {
        let (status, output, _) = try Self.run([("faults.json", "\"default\": 2500", "\"default\": 1")])
        #expect(status == 1)
        #expect(output.contains("passed and must fail"))
    }

    @Test func `a mistake in a file is found first`() throws {
        let (status, output, reports) = try Self.run([("services/prices.json", "\"routes\"", "\"ruotes\"")])
        #expect(status == 65)
        #expect(output.contains("did you mean \"routes\"?"))
        #expect(reports == [])
    }
}
