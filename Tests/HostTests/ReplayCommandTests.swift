import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// The command `shophost replay` as a process of its own.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct ReplayCommandTests {
    private static let recording = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/storedog/requests_0.gor").path

    private static func shop(_ folder: PackFolder) -> HostConfiguration { folder.configuration() }

    private static func replay(_ arguments: [String], environment: [String: String] = [:]) async throws -> ChildProcess.Outcome {
        try await waiters.run { try ChildProcess.run(["replay"] + arguments, environment: environment) }
    }

    /// Threads of their own: the tests' pool has as few as there are cores, and all of them wait.
    private static let waiters = WorkerPool(limit: 8)

    @Test func `the report goes to standard output, for people and for programs, and failures make the exit status 1`() throws {
        let folder = try PackFolder()
        try Guest.visit(Self.shop(folder)) { guest in
            let target = try await guest.url("store")
            // The test pack knows its home page only.
            let home = try await Self.replay([Self.recording, target, "--speed", "max", "--http-allow-url", "^/$", "--json"])
            #expect(home.status == 0 && home.complaint.isEmpty)
            let report = try home.json
            #expect(report["requests"] == 9 && report["failures"] == 0 && report["dropped"] == 92 && report["statuses"]?["200"] == 9)
            let text = try await Self.replay([Self.recording, target, "--speed", "max", "--http-allow-url", "^/$", "--loop", "2"])
            #expect(text.status == 0 && text.output.contains("statuses  18 x 200"), "\(text)")
            try await guest.setFault("prices-gone", true)
            let failing = try await Self.replay([Self.recording, target, "--speed", "max", "--http-allow-url", "^/$"])
            #expect(failing.status == 1 && failing.output.contains("9 x GET /: status 5"), "\(failing)")
        }
    }

    @Test func `the target comes from the environment of the workshop, or is the shop that runs`() throws {
        let folder = try PackFolder()
        try Guest.visit(Self.shop(folder)) { guest in
            let target = try await guest.url("store")
            let port = try #require(URLParts(target)?.port)
            let options = [Self.recording, "--speed", "max", "--http-allow-url", "^/$", "--json"]
            let named = try await Self.replay(options, environment: ["FRONTEND_HOST": "localhost", "FRONTEND_PORT": String(port)])
            #expect(try named.json["target"]?.text == "http://localhost:\(port)")
            #expect(named.status == 0)
            let running = try await Self.replay(options, environment: ["SHOPHOST_CONTROL": guest.host.configuration.controlFile])
            #expect(try running.json["target"]?.text == target && running.json["requests"] == 9)
        }
    }

    @Test func `a dry run prints what the original prints`() throws {
        let outcome = try ChildProcess.run(["replay", Self.recording + "|200%", "--input-file-dry-run"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Records found: 101\nFiles processed: 1\n"))
        #expect(outcome.output.contains("It will take `4m19.282105s` to replay at current speed."))
    }

    @Test func `an interrupt ends it with the report so far`() throws {
        let folder = try PackFolder()
        try Guest.visit(Self.shop(folder)) { guest in
            let target = try await guest.url("store")
            let child = try ChildProcess(["replay", Self.recording, target, "--http-rewrite-url", "^.+$:/", "--json"])
            // The second request is due after 7.6 seconds.
            #expect(try await guest.eventually { try await guest.observe("/api/traces?service=store").text.contains("traceID") })
            child.interrupt()
            let outcome = try await Self.waiters.run { child.wait() }
            let report = try outcome.json
            #expect(outcome.status == 0 && (report["requests"]?.integer ?? 0) + (report["unfinished"]?.integer ?? 0) == 1, "\(outcome)")
        }
    }

    @Test(arguments: [
        ([], 64, "which recording?"), (["/nowhere.gor", "http://127.0.0.1:1"], 64, "no file matches /nowhere.gor"), ([recording, "http://"], 64, "is no target"),
        ([recording, "http://127.0.0.1:1", "--speed", "fast"], 64, "--speed needs a factor"), ([recording + "|fast", "http://127.0.0.1:1"], 64, "behind the |"),
        ([recording, "http://127.0.0.1:1", "--http-allow-url", "("], 64, "--http-allow-url"), ([recording, "http://127.0.0.1:1", "--compar", "off"], 64, "did you mean \"--compare\"?"),
        ([recording, "http://127.0.0.1:1", "--wait", "100ms"], 2, "nobody listens on 127.0.0.1:1"), ([recording, "http://a:1", "http://b:1"], 64, "one target at a time"),
        ([#filePath, "--dry-run"], 65, "this is no GoReplay recording"), ([recording, "http://127.0.0.1:1", "--session", "x"], 64, "--session needs"),
    ] as [([String], Int32, String)])
    func `a wrong command line says what to type`(arguments: [String], status: Int32, message: String) throws {
        let outcome = try ChildProcess.run(["replay"] + arguments, environment: ["SHOPHOST_CONTROL": "/nowhere"])
        #expect(outcome.status == status && outcome.complaint.contains(message), "\(outcome)")
    }
}
