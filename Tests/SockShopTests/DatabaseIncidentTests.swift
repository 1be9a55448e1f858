import Base
import Storefront
import Testing

@testable import Proving

/// The incidents of the catalogue's database, with their journeys and the figures that guides print.
@Suite struct DatabaseIncidentTests {
    @Test func `incident 8: thirty visitors wait for a database with 50m of processor until the catalogue gives up`() throws {
        let run = try IncidentRun.of(
            "incident-8", "browsers", watching: "catalogue-db",
            queries: [
                "log kube_namespace:sock-shop service:catalogue (error OR timeout OR slow OR failed)",
                "log kube_namespace:sock-shop service:front-end (catalogue OR 500 OR timeout)",
                "log kube_namespace:sock-shop (service:catalogue-db OR service:catalogue OR service:front-end)", "log kube_namespace:sock-shop service:sock-shop-catalogue",
                "log kube_namespace:sock-shop kube_deployment:catalogue-db", "log source:mariadb", "log source:sock-shop-catalogue-db",
                "event reason:OOMKilled", "event reason:Killing",
            ],
            metrics: [
                "max:kubernetes.cpu.usage.total{kube_deployment:catalogue-db}", "max:kubernetes.cpu.limits{kube_deployment:catalogue-db}",
                "max:kubernetes.memory.usage{kube_deployment:catalogue-db}", "max:kubernetes.containers.restarts{kube_deployment:catalogue-db}",
            ])
        let (list, one) = (try #require(run.entry("/catalogue")), try #require(run.entry("/catalogue/{id}")))
        #expect((3.3...5).contains(list.averageMilliseconds / 1_000), "\(list.averageMilliseconds), published 4500")
        #expect((2.3...4).contains(one.averageMilliseconds / 1_000), "\(one.averageMilliseconds), published 3200")
        #expect((20...35).contains(100 * Double(list.failures) / Double(list.requests)), "\(list.failures) of \(list.requests), published 120 of 450")
        #expect((4.9...5.2).contains(run.longestSeconds), "\(run.longestSeconds): after five seconds the catalogue gives up")
        #expect(run.most.millicores == 50)
        #expect((105...127).contains(run.most.mebibytes), "\(run.most.mebibytes), published 115")
        #expect(run.restarts == 0 && run.others == 0)
        #expect(run.matches[..<4].allSatisfy { $0 > 0 }, "\(run.matches)")
        #expect(run.matches[4...] == [0, 0, 0, 0, 0])
        #expect(run.values[0].max() == 50e6, "\(run.values[0])")
        #expect(run.values[1].allSatisfy { $0 == 0.05 } && !run.values[1].isEmpty)
        #expect(run.values[2].allSatisfy { $0 < 128 * 1_048_576 } && !run.values[2].isEmpty)
        #expect(run.values[3].allSatisfy { $0 == 0 } && !run.values[3].isEmpty)
    }

    @Test func `incident 8: limits of 500m and 512Mi are enough`() throws {
        let run = try IncidentRun.of("socks-with-limits", "browsers", seconds: 60, watching: "catalogue-db", instrumentation: .none)
        #expect(run.averageSeconds < 0.2, "\(run.averageSeconds)")
        #expect(run.statistics.failureCount == 0)
        #expect(run.restarts == 0)
    }

    @Test func `incident 8: the limit comes and goes as a deployment does`() throws {
        try SockShop.visit { client in
            let bench = client.bench
            func limit() async throws -> Double? { try await bench.shop.with { core in core.clusterDeployments.first { $0.name == "catalogue-db" }?.spec.limits.millicores } }
            func seconds() async throws -> Double {
                let asked = bench.loop.now
                #expect(try await client.get("/catalogue").json.elements?.count == 10)
                return (bench.loop.now - asked) / .seconds(1)
            }
            #expect(try await limit() == nil)
            #expect(try await seconds() < 0.05)
            try await bench.shop.with { try await $0.switchOn("catalogue-db-limited") }
            try await bench.awaitRollout()
            #expect(try await limit() == 50)
            #expect((0.15...0.3).contains(try await seconds()), "three queries of 3 ms each at a twentieth of a processor")
            var wiring = try await bench.shop.with { try $0.source(of: "catalogue-db") }
            for (old, new) in [("50m", "500m"), ("128Mi", "512Mi"), ("25m", "100m"), ("64Mi", "128Mi")] { wiring = wiring.replacing("\"\(old)\"", with: "\"\(new)\"") }
            let repaired = wiring
            try await bench.shop.with { try await $0.deploy(JSONNode.parse(repaired.utf8, file: "catalogue-db.json"), to: "catalogue-db") }
            try await bench.awaitRollout()
            #expect(try await limit() == 500)
            #expect(try await seconds() < 0.05)
            try await bench.shop.with { try await $0.reset() }
            try await bench.shop.with { try await $0.switchOn("catalogue-db-limited") }
            try await bench.shop.with { try await $0.switchOff("catalogue-db-limited") }
            #expect(try await limit() == nil)
        }
    }

    @Test func `incident 8B: sixty impatient clients wait five to fifteen seconds, each with a connection`() throws {
        let run = try IncidentRun.of(
            "incident-8b", "impatient", watching: "catalogue-db",
            queries: ["log kube_deployment:catalogue-db", "log kube_namespace:sock-shop service:catalogue", "event reason:Killing"],
            metrics: [
                "max:db.client.connection.used{db_client_connection_pool_name:catalogue}", "max:db.client.connection.max{db_client_connection_pool_name:catalogue}",
                "max:kubernetes.network.rx_bytes{kube_deployment:catalogue-db}",
            ])
        #expect((5...15).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.longestSeconds < 15, "\(run.longestSeconds)")
        #expect(run.statistics.failureCount == 0)
        #expect((55...60).contains(run.most.connections), "\(run.most.connections) of 151")
        #expect((100...200).contains(run.most.millicores), "\(run.most.millicores)")
        #expect((250...350).contains(run.most.mebibytes), "\(run.most.mebibytes)")
        #expect(run.restarts == 0 && run.others == 0)
        #expect(run.matches[0] == 0, "the database writes nothing")
        #expect(run.matches[1] > 500)
        #expect(run.matches[2] == 0)
        #expect(run.values[1].allSatisfy { $0 == 151 })
        #expect(run.values[2].max() ?? 0 > 3_000, "\(run.values[2])")
    }

    @Test func `incident 8C: twenty clients wait two to five seconds, and nothing crashes`() throws {
        let run = try IncidentRun.of("incident-8c", "steady", watching: "catalogue-db", queries: ["event reason:Killing", "log SIGTERM"])
        #expect((2...5).contains(run.averageSeconds), "\(run.averageSeconds)")
        #expect(run.longestSeconds < 5, "\(run.longestSeconds)")
        #expect(run.statistics.failureCount == 0)
        #expect((15...20).contains(run.most.connections), "\(run.most.connections)")
        #expect(run.restarts == 0 && run.others == 0)
        #expect(run.matches == [0, 0])
    }

    @Test func `with many queries at a time sixty clients wait for the queries only`() throws {
        let run = try IncidentRun.of("socks-by-the-dozen", "impatient", seconds: 20, watching: "catalogue-db", instrumentation: .none)
        #expect(run.averageSeconds < 0.3, "\(run.averageSeconds)")
    }

    /// The catalogue says what its driver would, and answers again when the database does.
    @Test func `without its database the catalogue is refused`() throws {
        try SockShop.visit { client in
            let bench = client.bench
            try await bench.shop.with { try await $0.scale("catalogue-db", to: 0) }
            #expect(try await client.get("/catalogue").json["error"] == "database connection error")
            #expect(try await client.get("/health", from: "catalogue").json["health"]?["1"]?["status"] == "err")
            try await bench.shop.with { try await $0.scale("catalogue-db", to: 1) }
            try await bench.awaitRollout()
            #expect(try await client.get("/catalogue").json.elements?.count == 10)
        }
    }
}
