import Base
import Foundation
import Testing

@testable import Host

/// `shophost load` as a process, against a host that runs.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct LoadCommandTests {
    private static let visit = #"""
        {
          "title": "A visit",
          "load": { "users": 3 },
          "visitors": {
            "guest": {
              "waitMilliseconds": 5,
              "tasks": [
                {
                  "steps": [
                    { "request": "GET /", "name": "home", "bodyContains": "12 things" },
                    { "request": "GET /prices", "service": "PRICES", "name": "prices", "take": { "item": { "json": "$[*].id", "pick": "random", "optional": true } } },
                    { "request": "POST /cart", "json": { "item": 3 } },
                    { "request": "GET /cart", "bodyContains": "3" }
                  ]
                }
              ]
            }
          }
        }
        """#

    /// A host of the test pack with journeys, beside which a body runs.
    private static func visit(_ journeys: [String: String] = ["visit": visit], _ body: @escaping @Sendable (Guest, PackFolder) async throws -> Void) throws {
        let folder = try PackFolder()
        try FileManager.default.createDirectory(atPath: folder.pack + "/load", withIntermediateDirectories: true)
        for (name, text) in journeys { try folder.write(text, to: "load/\(name).json") }
        try Guest.visit(folder.configuration()) { guest in try await body(guest, folder) }
    }

    private static func load(_ arguments: [String], _ guest: Guest) throws -> (status: Int32, output: String, complaint: String) {
        try ChildHost.capture(["load"] + arguments, environment: ["SHOPHOST_CONTROL": guest.host.configuration.controlFile])
    }

    @Test func `a journey of the running pack finds its services, and Locust's tables and files tell of it`() throws {
        try Self.visit { guest, folder in
            let prefix = folder.folder + "/run"
            let (status, output, complaint) = try Self.load(["--journey", "visit", "--users", "5", "--duration", "600ms", "--csv", prefix], guest)
            #expect(status == 0, "\(output) \(complaint)")
            #expect(complaint.isEmpty)
            #expect(output.hasPrefix("Type     Name "))
            for name in ["home", "prices", "/cart"] { #expect(output.contains(name)) }
            #expect(!output.contains("Error report"))
            let statistics = try String(contentsOfFile: prefix + "_stats.csv", encoding: .utf8)
            #expect(statistics.hasPrefix("Type,Name,Request Count"))
            #expect(statistics.contains("GET,home,"))
            #expect(try String(contentsOfFile: prefix + "_stats_history.csv", encoding: .utf8).split(separator: "\r\n").count >= 2)
            #expect(try String(contentsOfFile: prefix + "_failures.csv", encoding: .utf8) == "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n")
            #expect(FileManager.default.fileExists(atPath: prefix + "_exceptions.csv"))
            #expect(try await guest.command("GET", "/v1/journeys")["files"]?["0"]?["name"]?.text.hasSuffix("load/visit.json") == true)
        }
    }

    @Test func `what a job of load prints is among the shop's logs`() throws {
        let job = Self.visit.replacing(#""title": "A visit","#, with: #""title": "A visit", "job": "locust","#)
        try Self.visit(["visit": Self.visit, "job": job]) { guest, _ in
            func lines() async throws -> [String] {
                try await guest.observe("/api/logs?query=service:locust").json["data"]?.elements?.compactMap { $0["message"]?.text } ?? []
            }
            #expect(try Self.load(["--journey", "visit", "--duration", "200ms"], guest).status == 0)
            let before = try await lines()
            #expect(before.isEmpty)
            #expect(try Self.load(["--journey", "job", "--duration", "200ms"], guest).status == 0)
            let after = try await lines()
            #expect(after.contains { $0.contains("Aggregated") })
            let printed = try await guest.command("GET", "/v1/logs?service=locust")["lines"]?.elements ?? []
            #expect(printed.contains { $0.text.hasPrefix("Type     Name") })
        }
    }

    @Test func `failures of a journey and crossed thresholds have their exit status`() throws {
        let failing = #"{ "title": "t", "visitors": { "v": { "waitMilliseconds": 20, "tasks": [{ "steps": [{ "request": "GET /nowhere" }] }] } } }"#
        try Self.visit(["visit": Self.visit, "failing": failing]) { guest, _ in
            let failed = try Self.load(["--journey", "failing", "--duration", "200ms"], guest)
            #expect(failed.status == 1)
            #expect(failed.output.contains("GET /nowhere: HTTPError('404 Client Error: Not Found for url: /nowhere')"))
            #expect(try Self.load(["--journey", "failing", "--duration", "200ms", "--exit-code-on-error", "7"], guest).status == 7)
            let crossed = try Self.load(["--journey", "visit", "--duration", "200ms", "--threshold", "http_req_duration{name:home}: p(95)<0.001"], guest)
            #expect(crossed.status == 99)
            #expect(crossed.complaint == "shophost: thresholds on metrics 'http_req_duration{name:home}' have been crossed\n")
            #expect(crossed.output.contains("✗ 'p(95)<0.001'"))
            let held = try Self.load(["--journey", "visit", "--duration", "200ms", "--threshold", "http_req_failed: rate<0.01", "--json"], guest)
            #expect(held.status == 0)
            #expect(try Value.parse(json: held.output.utf8)["thresholds"]?["0"]?["passed"] == true)
        }
    }

    @Test func `hey's flags and hey's output`() throws {
        try Self.visit { guest, _ in
            let url = try await guest.url("store") + "/orders"
            let summary = try Self.load(["-n", "20", "-c", "4", "-m", "POST", "-T", "application/json", "-d", "{\"item\": 1}", url], guest)
            #expect(summary.status == 0)
            #expect(summary.output.hasPrefix("\nSummary:\n  Total:\t"))
            #expect(summary.output.contains("Status code distribution:\n  [201]\t20 responses\n\n\n\n"))
            #expect(try await guest.orderCount() == 1 + 20)
            let rows = try Self.load(["-n=10", "-c=3", "-o", "csv", url], guest).output.split(separator: "\n")
            #expect(rows.count == 1 + 9)
            #expect(rows[0] == "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset")
            #expect(rows.dropFirst().allSatisfy { $0.split(separator: ",").count == 8 && $0.contains(",200,") })
            let limited = try Self.load(["-z", "1s", "-c", "2", "-q", "10", "--json", url], guest)
            let requests = try Value.parse(json: limited.output.utf8)["requests"]?.integer ?? 0
            #expect((16...20).contains(requests))
        }
    }

    private static let hey = ["/usr/bin/hey", "/usr/local/bin/hey"].first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The report without what differs from run to run: figures and bars.
    private static func layout(_ report: String) -> [String] {
        report.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line).replacing(#/[0-9]+\.[0-9]+/#, with: "N").replacing(#/\[[0-9]+\]\t\|■*/#, with: "[N]\t|").replacing(#/^  [0-9]+% in/#, with: "  P% in")
        }
    }

    @Test(.enabled(if: hey != nil, "needs hey")) func `the summary has hey's own layout`() throws {
        try Self.visit { guest, _ in
            let url = try await guest.url("store") + "/orders"
            for arguments in [["-n", "150", "-c", "5", url], ["-n", "7", "-c", "2", url], ["-n", "4", "-c", "2", "http://127.0.0.1:1/"]] {
                let theirs = try ChildHost.capture(arguments, program: Self.hey!)
                let ours = try Self.load(arguments, guest)
                #expect(ours.status == theirs.status)
                #expect(Self.layout(ours.output) == Self.layout(theirs.output))
            }
        }
    }

    @Test func `Ctrl-C ends a run and the report tells of what there was`() throws {
        try Self.visit { guest, _ in
            let url = try await guest.url("store") + "/orders"
            let child = try ChildHost.Running(["load", "-z", "120s", "-c", "2", url])
            #expect(try await guest.eventually { try await guest.observe("/metrics").text.contains("GET /orders") })
            let (status, output) = child.interrupt()
            #expect(status == 0)
            #expect(output.hasPrefix("\nSummary:\n"))
            #expect(output.contains("[200]\t"))
        }
    }

    @Test func `an open model keeps its rate, and tells what never began`() throws {
        try Self.visit { guest, _ in
            let value = try Value.parse(json: try Self.load(["--journey", "visit", "--rate", "50/s", "--duration", "1s", "--json"], guest).output.utf8)
            #expect(value["iterations"] == 50)
            #expect(value["neverStarted"] == 0)
        }
    }

    @Test func `a journey goes to other places when they are named`() throws {
        try Self.visit { guest, folder in
            let (store, prices) = (try await guest.url("store"), try await guest.url("prices"))
            let elsewhere = ["SHOPHOST_CONTROL": folder.folder + "/nothing.json"]
            let file = folder.pack + "/load/visit.json"
            let good = try ChildHost.capture(["load", "--journey", file, "--base", "PRICES=\(prices)", "--duration", "100ms", store], environment: elsewhere)
            #expect(good.status == 0, "\(good.complaint)")
            let alias = try ChildHost.capture(["load", "--pack", folder.pack, "--journey", "visit", "--base", "prices=\(prices)", "--base", "store=\(store)", "--duration", "100ms", store], environment: elsewhere)
            #expect(alias.status == 0, "\(alias.complaint)")
            let missing = try ChildHost.capture(["load", "--journey", file, "--base", "store=\(store)"], environment: elsewhere)
            #expect(missing.status == 64)
            #expect(missing.complaint.contains("the journey visits \"PRICES\": --base PRICES=URL"))
        }
    }

    @Test func `simulated time gives the same output every time`() throws {
        try Self.visit { _, folder in
            let arguments = ["load", "--virtual", "--pack", folder.pack, "--state", "fixed", "--journey", "visit", "--users", "5", "--duration", "2s", "--seed", "7", "--evidence", "trace service:store"]
            let first = try ChildHost.capture(arguments)
            #expect(first.status == 0, "\(first.complaint)")
            #expect(first.complaint.contains("found: trace service:store"))
            #expect(try ChildHost.capture(arguments).output == first.output)
        }
    }

    @Test(arguments: [
        (["--journey", "vsit"], 64, "there is no journey \"vsit\"; did you mean \"visit\"?"), ([], 64, "what is to be loaded?"),
        (["--journey", "visit", "--stages", "10s"], 64, "--stages need TIME:NUMBER"), (["--journey", "visit", "--rate", "fast"], 64, "--rate needs tasks per second"),
        (["--journey", "visit", "--duration", "soon"], 64, "--duration needs a time such as 10s, 5m or 1h30m, not \"soon\""),
        (["-n", "3", "-c", "5", "http://x/"], 64, "-n cannot be less than -c."), (["-n", "0", "http://x/"], 64, "-n and -c cannot be smaller than 1."),
        (["-z", "1s", "-c", "0", "http://x/"], 64, "-c cannot be smaller than 1."), (["-o", "xml", "http://x/"], 64, "-o can only be csv"),
        (["ftp://x/"], 64, "\"ftp://x/\" is not an http or https URL"), (["-disable-keepalives", "http://x/"], 64, "did you mean \"-disable-keepalive\"?"),
        (["--threshold", "http_req_duration: p95<5", "http://x/"], 64, "--threshold: http_req_duration has no \"p95\""),
        (["--virtual", "--journey", "visit"], 64, "--virtual needs --pack NAME and --journey NAME"), (["--journey", "broken"], 65, "load/broken.json:1:"),
    ] as [([String], Int32, String)])
    func `a wrong command line says what to type`(arguments: [String], status: Int32, message: String) throws {
        try Self.visit(["visit": Self.visit, "broken": #"{ "title": "t", "visitor": {} }"#]) { guest, _ in
            let (actual, _, complaint) = try Self.load(arguments, guest)
            #expect(actual == status)
            #expect(complaint.contains(message), "\(complaint)")
        }
    }

    @Test func `a pack with a broken journey is not valid, and a state can name only journeys that exist`() throws {
        let folder = try PackFolder(["states.json": [("\"title\"", "\"load\": \"vist\", \"title\"")]])
        try FileManager.default.createDirectory(atPath: folder.pack + "/load", withIntermediateDirectories: true)
        try folder.write(#"{ "title": "t", "visitors": { "v": { "tasks": [{ "steps": [{ "request": "GET /", "service": "stor" }] }] } } }"#, to: "load/visit.json")
        let (status, _, complaint) = try ChildHost.capture(["validate", folder.pack])
        #expect(status == 65)
        #expect(complaint.contains("states.json:"))
        #expect(complaint.contains("there is no file load/vist.json; did you mean \"visit\"?"))
        #expect(complaint.contains("load/visit.json:1:93: /visitors/v/tasks/0/steps/0/service: no service is named \"stor\"; did you mean \"store\"?"))
    }
}
