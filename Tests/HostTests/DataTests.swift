import Base
import Foundation
import HTTP
import Testing

@testable import Host

@Suite struct HostDataTests {
    @Test func `a data directory outlives the host, and a switch puts the seeded rows back`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration { $0.dataDirectory = folder.folder + "/data" }
        try Guest.visit(configuration) { guest in
            try await guest.order()
            try await guest.order()
        }
        try Guest.visit(configuration) { guest in
            #expect(try await guest.orderCount() == 3)
            try await guest.order()
            #expect(try await guest.orderCount() == 4)
            try await guest.command("POST", "/v1/switch", .object(["pack": .string(folder.pack), "state": "fixed"]))
            #expect(try await guest.orderCount() == 1)
        }
    }

    @Test func `without a data directory every start is the first`() throws {
        let folder = try PackFolder()
        let counts = try (0..<2).map { _ in
            try Guest.visit(folder.configuration()) { guest in
                try await guest.order()
                return try await guest.orderCount()
            }
        }
        #expect(counts == [2, 2])
    }

    @Test(.enabled(if: ChildHost.isBuilt, "the program shophost is not beside the tests"))
    func `an order that was acknowledged is there after the process was killed`() throws {
        let folder = try PackFolder()
        let arguments = ["--pack", folder.pack, "--state", "fixed", "--port", "0", "--observability-port", "0", "--data", folder.folder + "/data"]
        var acknowledged = 1
        for _ in 0..<3 {
            let child = try ChildHost(arguments, controlFile: folder.folder + "/control.json")
            let (found, taken) = try child.visit { client, url in
                let found = try await Self.count(client, url)
                var taken = 0
                for _ in 0..<25 where try await Self.order(client, url) { taken += 1 }
                return (found, taken)
            }
            #expect(found == acknowledged)
            #expect(taken == 25)
            acknowledged += taken
            #expect(child.kill() == SIGKILL)
        }
    }

    private static func count(_ client: Client, _ url: String) async throws -> Int? {
        try await client.send(ClientRequest(url: url + "/orders", timeout: .seconds(20))).json["count"]?.integer
    }

    private static func order(_ client: Client, _ url: String) async throws -> Bool {
        try await client.send(
            ClientRequest(method: "POST", url: url + "/orders", headers: ["Content-Type": "application/json"], body: Array(#"{"item": 3}"#.utf8), timeout: .seconds(20))
        ).status == 201
    }

    @Test(.enabled(if: PostgresServer.isAvailable, PostgresServer.absence))
    func `the same shop works on a PostgreSQL server`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration { $0.databaseURL = PostgresServer.url }
        try Guest.visit(configuration) { guest in
            let fresh = try await guest.fingerprint()
            #expect(try await guest.get("store", "/").text.contains("12 things"))
            for _ in 0..<3 { try await guest.order() }
            #expect(try await guest.orderCount() == 4)
            try await guest.setFault("prices-one-by-one", true)
            #expect(try await guest.get("prices", "/prices").json.elements?.count == 12)
            let traces = try await guest.observe("/api/traces?service=prices&limit=1").json["data"]?["0"]?["spans"]?.elements ?? []
            let queries = traces.filter { $0["tags"]?.elements?.contains { $0["key"]?.text == "span.type" && $0["value"]?.text == "sql" } ?? false }
            #expect(queries.count == 9)
            try await guest.command("POST", "/v1/reset")
            #expect(try await guest.fingerprint() == fresh)
            #expect(try await guest.orderCount() == 1)
        }
    }
}
