import Base
import Foundation
import HTTP
import Testing

@testable import Host

/// `shophost grade` as a learner types it.
@Suite(.enabled(if: ChildHost.isBuilt, "the program shophost is not built")) struct GradeCommandTests {
    /// Without probes: the pack's checks and evidence are enough here.
    private static func grade(_ arguments: [String], _ folder: PackFolder) throws -> (status: Int32, output: String, complaint: String) {
        try ChildHost.run(["grade"] + arguments, controlFile: folder.folder + "/control.json")
    }

    private static func deployStore(_ guest: Guest) async throws {
        let source = try #require(try await guest.command("GET", "/v1/source?service=store")["text"]?.text)
        let fix = source.replacing(#""do": "number", "from": 1000, "to": 9999"#, with: #""do": "db.insert", "table": "orders", "values": { "item_id": "{request.json.item}" }"#)
        try await guest.command("POST", "/v1/deploy", .object(["service": "store", "file": "store.json", "text": .string(fix)]))
    }

    @Test func `what the running host runs is judged by the pack of the opening`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration(state: "broken")) { guest in
            let before = try Self.grade([], folder)
            #expect(before.status == 1)
            #expect(before.output.hasPrefix("not fixed\nnothing was handed in"), "\(before.output)\(before.complaint)")
            #expect(!before.output.contains("orders-lost"))
            try await Self.deployStore(guest)
            // A switch that is off is no fix, and an edited check is no check.
            try await guest.setFault("prices-wait", false)
            try folder.write(#"{"tests": []}"#, to: "checks/kiosk.synthetics.json")
            let half = try Self.grade(["--trainer", "--seed", "3"], folder)
            #expect(half.status == 1)
            #expect(half.output.contains("prices-wait (The price list waits): not fixed"), "\(half.output)\(half.complaint)")
            #expect(half.output.contains("orders-lost (Orders are acknowledged and not kept): fixed"))
            #expect(half.output.contains("seed 3\n"))
            let source = try #require(try await guest.command("GET", "/v1/source?service=prices")["text"]?.text)
            try await guest.command("POST", "/v1/deploy", .object(["service": "prices", "file": "prices.json", "text": .string(source)]))
            let whole = try Self.grade(["--json"], folder)
            #expect(whole.status == 0, "\(whole.output)\(whole.complaint)")
            #expect(try Value.parse(json: whole.output.utf8)["fixed"] == true)
        }
    }

    @Test func `a folder is judged without a host`() throws {
        let folder = try PackFolder()
        let mine = folder.folder + "/mine"
        try FileManager.default.createDirectory(atPath: mine + "/services", withIntermediateDirectories: true)
        try folder.text("services/store.json").write(toFile: mine + "/services/store.json", atomically: true, encoding: .utf8)
        #expect(try Self.grade(["--submission", mine, "--pack", folder.pack, "--fault", "orders-lost"], folder).status == 0)
        let broken = try Self.grade(["--submission", mine, "--pack", folder.pack], folder)
        #expect(broken.status == 1)
        #expect(broken.output.contains("problem 1 of 2: not fixed"))
        #expect(broken.output.contains("problem 2 of 2: fixed"))
    }

    @Test func `who cannot be judged is told what to type`() throws {
        let folder = try PackFolder()
        let alone = try Self.grade([], folder)
        #expect(alone.status == 2)
        #expect(alone.complaint.contains("no host is running") && alone.complaint.contains("--submission FOLDER"))
        let mine = folder.folder + "/mine"
        try FileManager.default.createDirectory(atPath: mine, withIntermediateDirectories: true)
        let unnamed = try Self.grade(["--submission", mine], folder)
        #expect(unnamed.status == 64)
        #expect(unnamed.complaint.contains("--pack"))
        let state = try Self.grade(["--submission", mine, "--pack", folder.pack, "--state", "brokn"], folder)
        #expect(state.status == 2)
        #expect(state.complaint.contains("did you mean \"broken\"?"))
        try "{ \"routes\": { \"GET /\": [{ \"do\": \"respnd\" }] } }".write(toFile: mine + "/store.json", atomically: true, encoding: .utf8)
        let misspelt = try Self.grade(["--submission", mine, "--pack", folder.pack], folder)
        #expect(misspelt.status == 65)
        #expect(misspelt.complaint.contains("mine/store.json:1:") && misspelt.complaint.contains("did you mean \"respond\"?"), "\(misspelt.complaint)")
        #expect(try Self.grade(["--submision", mine], folder).status == 64)
    }
}
