import Base
import HTTP
import Synchronization
import Testing

@testable import Host

@Suite struct HostSwitchTests {
    /// Sends requests until told to stop.
    final class Crowd: Sendable {
        private let counts = Mutex<(answered: Int, failed: [String])>((0, []))
        private let isOver = Atomic<Bool>(false)

        var answered: Int { counts.withLock { $0.answered } }
        var failed: [String] { counts.withLock { $0.failed } }

        /// Runs a body while visitors send requests all the time.
        func watch(_ guest: Guest, visitors: Int, _ url: String, _ body: () async throws -> Void) async throws {
            let tasks = (0..<visitors).map { _ in
                Task(executorPreference: guest.client.loop) {
                    while !self.isOver.load(ordering: .relaxed) { await self.send(guest, url) }
                }
            }
            do { try await body() } catch {
                isOver.store(true, ordering: .relaxed)
                throw error
            }
            isOver.store(true, ordering: .relaxed)
            for task in tasks { await task.value }
        }

        private func send(_ guest: Guest, _ url: String) async {
            do throws(ClientError) {
                let answer = try await guest.client.send(ClientRequest(url: url, timeout: .seconds(20)))
                counts.withLock { if answer.status == 200 { $0.answered += 1 } else { $0.failed.append("\(answer.status) \(answer.text)") } }
            } catch {
                counts.withLock { $0.failed.append("\(error)") }
            }
        }
    }

    /// Waits that a real clock can bear.
    static let short = ["faults.json": [("\"default\": 2500", "\"default\": 3")]]

    @Test func `no request fails while packs and states change`() throws {
        let first = try PackFolder(Self.short)
        let second = try PackFolder(Self.short.merging(["views/home.mustache": [("things", "other things")]]) { $1 })
        try Guest.visit(first.configuration()) { guest in
            let crowd = Crowd()
            let url = try await guest.url("store") + "/"
            try await crowd.watch(guest, visitors: 8, url) {
                for number in 0..<40 {
                    let pack = number % 2 == 0 ? second.pack : first.pack
                    let state = ["broken", "fixed", "quiet"][number % 3]
                    let answered = crowd.answered
                    let status = try await guest.command("POST", "/v1/switch", .object(["pack": .string(pack), "state": .string(state)]))
                    #expect(status["state"]?.text == state)
                    // So that every pair of switches has requests between them.
                    #expect(try await guest.eventually { _ = try await guest.observe("/metrics"); return crowd.answered > answered + 8 })
                }
            }
            #expect(crowd.failed == [])
            #expect(crowd.answered > 320)
            #expect(try await guest.get("store", "/").text.contains("12 things"))
        }
    }

    @Test func `no request fails while services of other names move in and out`() throws {
        let first = try PackFolder(Self.short)
        let second = try PackFolder([
            "pack.json": [("\"store\"", "\"desk\""), ("\"prices\"", "\"rates\"")],
            "services/prices.json": [], "faults.json": [("\"store\"", "\"desk\""), ("\"prices\"", "\"rates\"")], "states.json": [],
        ])
        try second.write(second.text("services/store.json").replacing("\"prices\"", with: "\"rates\""), to: "services/desk.json")
        try second.write(second.text("services/prices.json"), to: "services/rates.json")
        try Guest.visit(first.configuration()) { guest in
            let crowd = Crowd()
            let url = try await guest.url("store") + "/"
            try await crowd.watch(guest, visitors: 8, url) {
                for number in 0..<20 {
                    let answered = crowd.answered
                    try await guest.command("POST", "/v1/switch", .object(["pack": .string(number % 2 == 0 ? second.pack : first.pack), "state": "fixed"]))
                    #expect(try await guest.eventually { _ = try await guest.observe("/metrics"); return crowd.answered > answered + 8 })
                }
            }
            #expect(crowd.failed == [])
            #expect(try await guest.url("store") + "/" == url)
        }
    }

    @Test func `a pack that cannot be opened leaves the running one alone`() throws {
        let first = try PackFolder()
        let second = try PackFolder(["services/store.json": [("db.insert", "db.inzert")]])
        try Guest.visit(first.configuration()) { guest in
            try await guest.order()
            let before = try await guest.fingerprint()
            for body in [(second.pack, "fixed"), (first.pack, "fixt"), (first.folder + "/nothing", "fixed")] {
                let answer = try await guest.control("POST", "/v1/switch", .object(["pack": .string(body.0), "state": .string(body.1)]))
                #expect(answer.status == 422)
            }
            #expect(try await guest.fingerprint() == before)
            #expect(try await guest.orderCount() == 2)
        }
    }

    @Test func `switches at the same time follow each other`() throws {
        let folder = try PackFolder(Self.short)
        try Guest.visit(folder.configuration()) { guest async throws in
            let tasks = (0..<12).map { number in
                Task(executorPreference: guest.client.loop) {
                    try await guest.control("POST", "/v1/switch", .object(["pack": .string(folder.pack), "state": .string(number % 2 == 0 ? "broken" : "fixed")])).status
                }
            }
            for task in tasks { #expect(try await task.value == 200) }
            #expect(try await guest.get("store", "/").status == 200)
            #expect(try await guest.get("prices", "/prices").status == 200)
        }
    }
}
