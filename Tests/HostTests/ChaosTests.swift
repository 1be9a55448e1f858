import Foundation
import Testing

/// The experiments of `deploy/chaos`, run by the real Chaos Toolkit against a host of their own.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built"), .enabled(if: Peer.program("chaos") != nil, Peer.absence(of: "chaostoolkit")), .serialized)
struct ChaosTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// Runs in a shell of its own, because `shophost env` is for shells.
    private static let script = """
        set -eu
        eval "$("$1" env)"
        status=0
        chaos --no-log-file --no-version-check run --journal-path "$3" "$2" >"$3.log" 2>&1 || status=$?
        echo "$status"
        """

    private struct Outcome {
        var status: String
        var journal: String
        var log: String
    }

    private static func run(_ pack: String, _ settings: [String: String] = [:]) throws -> Outcome {
        let work = FileManager.default.temporaryDirectory.appending(path: "chaos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let control = work.appending(path: "control.json").path
        let host = try ChildHost(["--pack", pack, "--state", "fixed", "--port", "0", "--observability-port", "0"], controlFile: control)
        defer { _ = host.kill() }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", script, "chaos", ChildHost.program, root.appending(path: "deploy/chaos/\(pack).json").path, work.appending(path: "journal.json").path,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["SHOPHOST_CONTROL": control]) { $1 }.merging(settings) { $1 }
        process.standardOutput = output
        try process.run()
        let status = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        func text(_ name: String) -> String { (try? String(contentsOf: work.appending(path: name), encoding: .utf8)) ?? "" }
        return Outcome(status: status.trimmingCharacters(in: .whitespacesAndNewlines), journal: text("journal.json"), log: text("journal.json.log"))
    }

    @Test(arguments: ["anycompany", "boutique", "hello", "sockshop", "storedog"]) func `what the shop survives is no deviation`(pack: String) throws {
        let outcome = try Self.run(pack)
        #expect(outcome.status == "0", "\(outcome.log)")
        #expect(outcome.journal.contains("\"deviated\": false"))
        #expect(outcome.journal.contains("\"steady_state_met\": true"))
    }

    @Test(arguments: [
        ("hello", ["SHOPHOST_FAULT": "greeting-fails-at-random", "SHOPHOST_OPTIONS": #"{"percentage": 100}"#]), ("storedog", ["SHOPHOST_FAULT": "ads-outage"]),
        ("storedog", ["SHOPHOST_PAGE": "/"]), ("boutique", ["SHOPHOST_FAULT": "product-fails"]), ("sockshop", ["SHOPHOST_FAULT": "catalogue-outage"]),
        ("anycompany", ["SHOPHOST_FAULT": "catalog-unreachable"]),
    ])
    func `what it does not survive is reported`(pack: String, settings: [String: String]) throws {
        let outcome = try Self.run(pack, settings)
        #expect(outcome.status == "1", "\(outcome.log)")
        #expect(outcome.journal.contains("\"deviated\": true"))
        #expect(outcome.log.contains("The steady-state has deviated"))
    }
}
