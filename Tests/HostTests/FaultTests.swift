import Base
import HTTP
import Testing

@testable import Host

@Suite struct HostFaultTests {
    @Test func `a fault shows while it is on and not after`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            try await guest.setFault("orders-lost", true)
            let lost = try await guest.send("POST", "store", "/orders", json: #"{"item": 3}"#)
            #expect(lost.status == 201)
            #expect(try await guest.orderCount() == 1)
            try await guest.setFault("orders-lost", false)
            try await guest.order()
            #expect(try await guest.orderCount() == 2)
        }
    }

    @Test func `a fault's number is the trainer's`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            try await guest.command("POST", "/v1/faults", .object(["name": "prices-wait", "options": .object(["milliseconds": 120])]))
            let slow = try await guest.get("store", "/")
            #expect(slow.timings.total >= .milliseconds(120))
            #expect(slow.timings.total < .milliseconds(2_000))
            let events = try await guest.observe("/api/events?kind=deployment").json["data"]?.elements
            #expect(events?.first?["title"]?.text == "Prices with tax")
        }
    }

    @Test func `an unreachable service refuses connections, and takes them again afterwards`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let port = await guest.host.shops[0].servicePorts["prices"]
            for _ in 0..<3 {
                try await guest.setFault("prices-gone", true)
                #expect(try await guest.eventually { try await guest.isRefused("prices") })
                #expect(try await guest.get("store", "/").status == 500)
                try await guest.setFault("prices-gone", false)
                #expect(try await guest.eventually { try await !guest.isRefused("prices") })
                #expect(try await guest.get("store", "/").status == 200)
            }
            #expect(await guest.host.shops[0].servicePorts["prices"] == port)
        }
    }

    @Test func `a port that closes and opens while a request is in flight is open in the end`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            try await guest.command("POST", "/v1/faults", .object(["name": "prices-wait", "options": .object(["milliseconds": 400])]))
            let slow = Task(executorPreference: guest.client.loop) { try await guest.get("prices", "/prices").status }
            // Asked after it and answered before it: by then the slow request has reached the host.
            #expect(try await guest.eventually { _ = try await guest.observe("/metrics"); return guest.client.activeRequests > 0 })
            try await guest.setFault("prices-gone", true)
            try await guest.setFault("prices-gone", false)
            _ = try? await slow.value
            #expect(try await guest.eventually { try await !guest.isRefused("prices") })
            #expect(try await guest.get("store", "/").status == 200)
        }
    }

    @Test func `a reset leads back to the first moment`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration { $0.seed = 5 }) { guest in
            let fresh = try await guest.fingerprint()
            try await guest.order()
            _ = try await guest.send("POST", "store", "/cart", json: #"{"item": 3}"#)
            try await guest.setFault("prices-one-by-one", true)
            #expect(try await guest.fingerprint() != fresh)
            try await guest.command("POST", "/v1/reset")
            #expect(try await guest.fingerprint() == fresh)
            #expect(try await guest.orderCount() == 1)
            #expect(try await guest.command("GET", "/v1/status")["shops"]?["0"]?["faults"] == .list([]))
        }
    }
}

extension Guest {
    /// True when nobody listens on a service's port.
    func isRefused(_ service: String) async throws -> Bool {
        // A connection of its own: a kept one would still be served for a moment.
        let url = try await url(service)
        do throws(ClientError) {
            _ = try await client.send(ClientRequest(url: url + "/prices", headers: ["Connection": "close"], timeout: .seconds(20)))
            return false
        } catch {
            switch error {
            case .connectionRefused: return true
            // What a kept connection sees that the server closes at this moment.
            case .connectionReset, .other: return false
            default: throw error
            }
        }
    }
}
