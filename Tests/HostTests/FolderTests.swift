import Base
import HTTP
import Packs
import Storefront
import Testing

@testable import Host

/// Folders of packs that change while a host runs.
@Suite struct HostFolderTests {
    private static func open(_ guest: Guest, _ folder: PackFolder) async throws {
        try await guest.command("POST", "/v1/switch", .object(["pack": .string(folder.pack), "state": "fixed"]))
    }

    private static func page(_ guest: Guest) async throws -> String { try await guest.get("store", "/").text }

    @Test func `only the folder that is open is taken over when it is saved`() throws {
        let (first, second) = (try PackFolder(), try PackFolder())
        try Guest.visit(first.configuration()) { guest in
            try await Self.open(guest, second)
            try first.replace("things", by: "wrong things", in: "views/home.mustache")
            try second.replace("things", by: "right things", in: "views/home.mustache")
            let isTakenOver = try await guest.eventually {
                let page = try await Self.page(guest)
                if page.contains("wrong") { Issue.record("a pack that has moved out was taken over") }
                return page.contains("right things")
            }
            #expect(isTakenOver)
            #expect(!(try await Self.page(guest)).contains("wrong"))
        }
    }

    @Test func `a switch reads a folder that has changed since it was read`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration { $0.reloadsOnChange = false }) { guest in
            #expect(try await Self.page(guest).contains("12 things"))
            try folder.replace("things", by: "pieces", in: "views/home.mustache")
            #expect(try await Self.page(guest).contains("12 things"))
            try await Self.open(guest, folder)
            #expect(try await Self.page(guest).contains("12 pieces"))
        }
    }

    @Test func `a folder without the state that runs leaves the shop alone`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration(state: "quiet")) { guest in
            try folder.replace("\"quiet\"", by: "\"calm\"", in: "states.json")
            try await guest.order()
            // Taken over once the state is back: until then every save was looked at and refused.
            try folder.replace("things", by: "pieces", in: "views/home.mustache")
            try folder.replace("\"calm\"", by: "\"quiet\"", in: "states.json")
            #expect(try await guest.eventually { try await Self.page(guest).contains("12 pieces") })
            #expect(try await guest.orderCount() == 2)
        }
    }

    private static func checks(_ guest: Guest) async throws -> Value {
        let answer = try await guest.command("GET", "/v1/checks")
        return .list([answer["files"] ?? .null, answer["variables"] ?? .null])
    }

    @Test func `checks are those of the opening, whatever is saved, until a switch reads them anew`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let before = try await Self.checks(guest)
            try #require(before.json().contains("An order is kept"))
            try folder.replace("An order is kept", by: "An order is lost", in: "checks/kiosk.synthetics.json")
            try folder.replace("\"PRICES\": \"prices\"", by: "\"PRICES\": \"store\"", in: "pack.json")
            try folder.replace("things", by: "pieces", in: "views/home.mustache")
            // The page tells that everything was read again.
            #expect(try await guest.eventually { try await Self.page(guest).contains("12 pieces") })
            #expect(try await Self.checks(guest) == before)
            try await Self.open(guest, folder)
            #expect(try await Self.checks(guest).json().contains("An order is lost"))
        }
    }

    @Test func `what was changed since the opening is what there is to judge`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration(state: "broken")) { guest in
            let shipped = try folder.text("views/home.mustache")
            try folder.replace("things", by: "pieces", in: "views/home.mustache")
            try folder.replace("{items.count} prices", by: "{items.count} amounts", in: "services/prices.json")
            try folder.replace("Slow and forgetful", by: "Fine", in: "states.json")
            let isReady = try await guest.eventually {
                let page = try await Self.page(guest)
                return try await guest.command("GET", "/v1/submission")["submission"]?["services"]?["count"] == 1 && page.contains("12 pieces")
            }
            #expect(isReady)
            try await guest.setFault("orders-lost", false)
            let answer = try await guest.command("GET", "/v1/submission")
            let submission = try #require(answer["submission"].flatMap { Submission($0) })
            #expect(submission.services.map(\.name) == ["prices"])
            #expect(submission.services[0].versions[0].text.contains("{items.count} amounts"))
            #expect(submission.services[0].versions[0].text.contains("\"forMilliseconds\": 2500"), "the fault is still in it")
            #expect(submission.views.map(\.name) == ["home"])
            #expect(submission.filesWithoutEffect == ["states.json"])
            #expect(answer["state"] == "broken")
            let files = try #require(answer["shipped"].flatMap { PackFiles($0, origin: "x") })
            #expect(files.contents["views/home.mustache"] == Array(shipped.utf8))
            #expect(files.contents.count > 5)
        }
    }

    @Test func `commands at the same time follow each other`() throws {
        let scan = #""items-scan": { "title": "S", "shows": "s", "fix": "s", "patch": { "store": { "indexes": { "item_name": false } } }, "proof": {} },"#
        let folder = try PackFolder(["faults.json": [("{\n  \"prices-one-by-one\"", "{\n  \(scan)\n  \"prices-one-by-one\"")]])
        try Guest.visit(folder.configuration { $0.dataDirectory = folder.folder + "/data" }) { guest async throws in
            let tasks = (0..<30).map { number in
                Task(executorPreference: guest.client.loop) {
                    if number % 3 == 0 { return try await guest.control("POST", "/v1/reset").status }
                    return try await guest.control("POST", "/v1/faults", .object(["name": "items-scan"])).status
                }
            }
            for task in tasks { #expect(try await task.value == 200) }
            try await guest.command("POST", "/v1/reset")
            try await guest.command("POST", "/v1/faults", .object(["name": "items-scan"]))
        }
    }
}
