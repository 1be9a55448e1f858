import Base
import HTTP
import Testing

@testable import Host

@Suite struct HostShopsTests {
    @Test func `several shops have ports, data, faults and telemetry of their own`() throws {
        let folder = try PackFolder()
        let names = ["red", "green", "blue"]
        let configuration = folder.configuration {
            let pack = $0.shops[0].pack
            $0.shops = names.map { HostConfiguration.ShopRequest(name: $0, pack: pack, state: "fixed", port: 0) }
        }
        try Guest.visit(configuration) { guest in
            var ports: Set<Int> = []
            for hosted in guest.host.shops { ports.formUnion(await hosted.servicePorts.values) }
            #expect(ports.count == 6)
            try await guest.order(shop: "green")
            try await guest.order(shop: "green")
            try await guest.command("POST", "/v1/faults", .object(["shop": "blue", "name": "prices-gone"]))
            #expect(try await guest.orderCount(shop: "red") == 1)
            #expect(try await guest.orderCount(shop: "green") == 3)
            #expect(try await guest.get("store", "/", shop: "red").status == 200)
            #expect(try await guest.get("store", "/", shop: "blue").status == 500)
            #expect(try await guest.observe("/api/logs?shop=green&query=taken").json["total"]?.integer == 2)
            #expect(try await guest.observe("/api/logs?shop=red&query=taken").json["total"]?.integer == 0)
            #expect(try await guest.observe("/api/logs?shop=gren").status == 404)
            #expect(try await guest.command("GET", "/v1/checks?shop=blue")["variables"]?["SHOP"]?.text == "blue")
            try await guest.command("POST", "/v1/reset", .object(["shop": "green"]))
            #expect(try await guest.orderCount(shop: "green") == 1)
        }
    }

    @Test func `a trace is found by its id whichever shop it came from`() throws {
        let folder = try PackFolder()
        let configuration = folder.configuration {
            let pack = $0.shops[0].pack
            $0.shops = ["red", "blue"].map { HostConfiguration.ShopRequest(name: $0, pack: pack, state: "fixed", port: 0) }
        }
        try Guest.visit(configuration) { guest async throws in
            #expect(try await guest.get("store", "/", shop: "blue").status == 200)
            let trace = try #require(try await guest.observe("/api/traces?service=store&shop=blue").json["data"]?["0"]?["traceID"]?.text)
            #expect(try await guest.observe("/api/traces/\(trace)").status == 200)
            #expect(try await guest.observe("/api/traces/\(trace)?shop=red").status == 404)
            #expect(try await guest.observe("/api/traces/1234").status == 404)
        }
    }

    @Test func `services that call each other over the network behave the same`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration { $0.mesh = .http }) { guest in
            #expect(try await guest.get("store", "/").text.contains("12 things"))
            let traces = try await guest.observe("/api/traces?service=store").json["data"]?.elements ?? []
            let services = traces.first?["processes"]?.fields?.values.map { $0["serviceName"]?.text }
            #expect(traces.count == 1)
            #expect(Set(services ?? []) == ["store", "prices", "db"])
            try await guest.setFault("prices-gone", true)
            #expect(try await guest.eventually { try await guest.get("store", "/").status == 500 })
            let failed = try await guest.observe("/api/traces?service=store&tags=%7B%22error%22%3A%22true%22%7D").text
            #expect(failed.contains("refused the connection"))
        }
    }

    @Test func `pages carry the monitoring snippet once, and its events are stored`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration()) { guest in
            let page = try await guest.get("store", "/").text
            #expect(page.components(of: "<script").count == 2)
            #expect(page.contains("/rum/events"))
            #expect(!(try await guest.get("prices", "/prices").text.contains("<script")))
            let event = #"{"session": "s1", "service": "store", "view": {"id": "v1", "url": "http://shop/"}, "events": [{"type": "view", "load": 12}]}"#
            #expect(try await guest.send("POST", "store", "/rum/events", json: event).status == 202)
            #expect(try await guest.send("POST", "store", "/rum/events", json: "[]").status == 400)
            let stored = try await guest.observe("/api/events?kind=rum.view").json["data"]?.elements
            #expect(stored?.count == 1)
            #expect(stored?.first?["attributes"]?["session.id"]?.text == "s1")
            #expect(stored?.first?["attributes"]?["view.load"]?.integer == 12)
        }
    }

    @Test func `a host without monitoring and a state without it leave pages alone`() throws {
        let folder = try PackFolder()
        let pages = [folder.configuration { $0.rum = .off }, folder.configuration(state: "fixed"), folder.configuration(state: "quiet")]
        let hasScript = try pages.map { configuration in
            try Guest.visit(configuration) { try await $0.get("store", "/").text.contains("<script") }
        }
        #expect(hasScript == [false, true, false])
    }

    @Test func `a state without instrumentation shows learners nothing`() throws {
        let folder = try PackFolder()
        try Guest.visit(folder.configuration(state: "quiet")) { guest async throws in
            #expect(try await guest.get("prices", "/prices").status == 200)
            #expect(try await guest.observe("/api/services").json["data"] == .list([]))
            #expect(try await guest.observe("/api/logs").json["total"]?.integer == 0)
            #expect(try await guest.observe("/metrics").body.isEmpty)
        }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}
