import Base
import Query
import Testing

@testable import Load
@testable import Proving
@testable import Storefront

/// The incidents as guides tell them: whole load journeys in simulated time, and their figures.
@Suite struct IncidentTests {
    @Test func `incident 1: three thousand visitors crash the front-end six times in five minutes`() throws {
        let run = try IncidentRun.of(
            "incident-1", "crowd",
            queries: [
                "event source:kubernetes OOMKilled kube_namespace:sock-shop", "log kube_namespace:sock-shop SIGTERM", "log OOMKilled",
                "event kube_deployment:front-end reason:BackOff", "event kube_deployment:front-end reason:Killing",
            ])
        #expect(run.restarts == 6)
        #expect(run.others == 0)
        #expect((55...65).contains(run.failedPercent), "\(run.failedPercent) % of \(run.statistics.requests)")
        #expect((35_000...50_000).contains(run.statistics.requests))
        #expect(run.most.mebibytes > 900)
        #expect(run.matches[0] == 6)
        #expect(run.matches[1] > 0)
        #expect(run.matches[2] == 0, "the truth is in the events only")
        #expect(run.matches[3] == 19)
        #expect(run.matches[4] == 0)
        #expect(run.allRestarts == 48, "42 before it")
    }

    @Test func `incident 1: eight replicas take three thousand visitors`() throws {
        let run = try IncidentRun.of("incident-1", "crowd", seconds: 85, replicas: 8, instrumentation: .none)
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 1)
    }

    @Test func `incident 2: a slow front-end is killed for being slow`() throws {
        let run = try IncidentRun.of(
            "incident-2", "hybrid", queries: ["event kube_deployment:front-end reason:OOMKilled", "event reason:Killing \"failed liveness probe\"", "log SIGTERM"])
        #expect((5...10).contains(run.restarts), "\(run.restarts)")
        #expect(run.others == 0)
        #expect((80...90).contains(run.failedPercent), "\(run.failedPercent)")
        #expect((6...13).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.matches[0] == 0)
        #expect(run.matches[1] == run.restarts)
        #expect(run.matches[2] > 0)
    }

    /// The timeline of one order, and what is left of four.
    @Test func `incident 3: four orders fail, are remembered without a shipment, and are told of second by second`() throws {
        try SockShop.visit { client in
            let bench = client.bench
            func available() async throws -> Int { try await bench.shop.with { core in core.clusterDeployments.first { $0.name == "payment" }?.readyCount ?? -1 } }
            #expect(try await available() == 1)
            try await bench.shop.with { try await $0.switchOn("payment-outage") }
            #expect(try await available() == 0)
            let down = bench.loop.now
            _ = try await client.logIn()
            for _ in 0..<4 {
                _ = try await client.send("DELETE", "/cart")
                _ = try await client.put(SockShop.sport)
                let asked = bench.loop.now
                #expect(try await client.post("/orders", "").status == 500)
                #expect((2.0..<2.5).contains((bench.loop.now - asked) / .seconds(1)))
            }
            let orders = try await client.get("/orders").json.elements ?? []
            #expect(orders.map { $0["status"] } == Array(repeating: "PAYMENT_FAILED", count: 4))
            #expect(orders.allSatisfy { $0["shipment"] == .null })
            let id = try #require(orders.first?["id"]?.text)
            let story = try await bench.shop.with { core in
                core.recorder.logs().elements.filter { $0.service.name == "orders" && $0.message.contains(id) }.map { ($0.time, $0.message) }
            }
            #expect(story.map { ($0.0 - story[0].0) / .seconds(1) }.map { Int($0) } == [0, 0, 0, 2, 2, 2])
            #expect(story[3].1.contains("Connection refused"))
            let failed = try EvidenceQuery.parse("log kube_namespace:sock-shop service:orders \"Payment failed for order\"")
            #expect(try await bench.matches(failed, since: down) == 4)
            try await bench.shop.with { try await $0.switchOff("payment-outage") }
            var seconds = 0
            while try await available() == 0 {
                try await bench.loop.sleep(for: .seconds(1))
                seconds += 1
            }
            #expect((13...17).contains(seconds), "\(seconds)")
            #expect(try await client.post("/orders", "").status == 201)
            let scaled = try await bench.shop.with { core in core.recorder.events().elements.filter { $0.attributes["reason"] == "ScalingReplicaSet" }.map { $0.title.suffix(11) } }
            #expect(scaled == ["to 0 from 1", "to 1 from 0"])
        }
    }

    @Test func `incident 4: five hundred visitors wait 2,6 s and nothing crashes`() throws {
        let run = try IncidentRun.of("incident-4", "latency", seconds: 240, queries: ["event source:kubernetes", "log SIGTERM"])
        #expect(abs(run.averageSeconds - 2.6) <= 0.3, "\(run.averageSeconds)")
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 5)
        #expect((500...700).contains(run.most.mebibytes), "50 to 70 % of 1000Mi")
        #expect((210...255).contains(run.most.millicores), "70 to 85 % of 300m")
        #expect(run.matches == [0, 0])
    }

    @Test func `incident 7: an autoscaler that looks at memory leaves one front-end alone`() throws {
        let run = try IncidentRun.of(
            "incident-7", "hybrid",
            queries: [
                "log kube_namespace:sock-shop service:sock-shop-front-end (SIGTERM OR \"Exit status\" OR crashed OR error)",
                "event kube_namespace:sock-shop source:kubernetes pod_name:front-end* (liveness OR readiness OR unhealthy)",
                "event kube_namespace:sock-shop source:kubernetes hpa (FailedGetResourceMetric OR FailedComputeMetricsReplicas OR \"invalid metrics\")",
                "event reason:SuccessfulRescale", "event reason:OOMKilled", "event reason:ScalingReplicaSet",
            ])
        #expect(run.restarts == 7)
        #expect(run.allRestarts == 10, "3 before it")
        #expect(run.others == 0)
        #expect(run.most.replicas == 1)
        #expect(run.most.millicores == 300)
        #expect((100...115).contains(run.most.mebibytes), "\(run.most.mebibytes)")
        #expect((70...77).contains(run.longestSeconds), "\(run.longestSeconds)")
        #expect(run.matches[..<3].allSatisfy { $0 > 0 }, "\(run.matches)")
        #expect(run.matches[3...] == [0, 0, 0])
    }

    @Test func `incident 7: an autoscaler that looks at the processor follows the visitors`() throws {
        let run = try IncidentRun.of("fixed-hpa", "hybrid", seconds: 90, queries: ["event hpa reason:SuccessfulRescale \"cpu resource utilization (percentage of request) above target\""])
        #expect(run.restarts == 0)
        #expect((5...10).contains(run.most.replicas), "\(run.most.replicas)")
        #expect((0.2...0.6).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.failedPercent < 1)
        #expect(run.matches[0] > 0)
    }

    /// Its memory says that fewer are enough, and then that one is.
    @Test func `incident 7: more front-ends by hand do not stay`() throws {
        try SockShop.visit("incident-7") { client in
            let bench = client.bench
            func wanted() async throws -> Int { try await bench.shop.with { core in core.clusterDeployments.first { $0.name == "front-end" }?.replicas ?? 0 } }
            try await bench.shop.with { try await $0.scale("front-end", to: 8) }
            #expect(try await wanted() == 8)
            try await bench.loop.sleep(for: .seconds(16))
            #expect(try await wanted() == 3)
            try await bench.loop.sleep(for: .seconds(900))
            #expect(try await wanted() == 1)
        }
    }

    @Test(arguments: [("incident-4", "latency"), ("incident-2", "hybrid")]) func `three replicas are the fix`(state: String, journey: String) throws {
        let run = try IncidentRun.of(state, journey, seconds: 45, replicas: 3, instrumentation: .none)
        #expect(run.averageSeconds < 0.5, "\(run.averageSeconds)")
        #expect(run.restarts == 0)
        #expect(run.failedPercent < 1)
    }

    @Test func `the same seed gives the same incident`() throws {
        func facts() throws -> [String] {
            let run = try IncidentRun.of("incident-1", "crowd", seconds: 80, instrumentation: .none)
            return ["\(run.restarts) \(run.statistics.requests) \(run.statistics.failureCount) \(run.averageSeconds)"]
        }
        #expect(try facts() == facts())
    }
}
