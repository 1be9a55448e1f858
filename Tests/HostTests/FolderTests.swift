import Base
import HTTP
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
