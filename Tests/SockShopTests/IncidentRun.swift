import Base
import HTTP
import Packs
import Query
import Storefront
import Telemetry
import Testing

@testable import Load
@testable import Proving

/// What is left of a load journey in an incident, in simulated time.
struct IncidentRun: Sendable {
    var statistics: RunStatistics
    /// Of the service that was watched and of all others, when everything is well again.
    var restarts: Int
    var others: Int
    /// All that the watched service ever had.
    var allRestarts: Int
    /// Of the watched service's pods, looked at every second.
    var most = Most()
    /// Matches of the queries.
    var matches: [Int]
    /// Values of the metric queries, of all series.
    var values: [[Double]]

    var failedPercent: Double { 100 * Double(statistics.failureCount) / Double(statistics.requests) }
    var averageSeconds: Double { statistics.total.averageMilliseconds / 1_000 }
    var longestSeconds: Double { statistics.total.greatest / 1_000 }

    func entry(_ name: String) -> EntryStatistics? { statistics.entries.first { $0.name == name } }

    struct Most: Sendable {
        var mebibytes = 0.0
        var millicores = 0.0
        /// Pods at a time.
        var replicas = 0
        /// Connections of the catalogue to its database.
        var connections = 0
    }

    /// - Parameters:
    ///   - service: The one that is watched.
    ///   - replicas: Pods of that service; as the state has them without it.
    ///   - fault: Switched on when the visitors come.
    ///   - queries: Of logs, events and traces.
    ///   - metrics: Datadog's metric queries, over the whole run.
    static func of(
        _ state: String, _ journey: String, seconds: Int? = nil, watching service: String = "front-end", replicas: Int? = nil,
        switchingOn fault: String? = nil, instrumentation: Instrumentation = .infrastructure, queries: [String] = [], metrics: [String] = []
    ) throws -> IncidentRun {
        let bench = try Prover(prepared: SockShop.prepared).bench()
        let evidence = try queries.map { try EvidenceQuery.parse($0) }
        let file = try JourneyFile.named(journey)
        let duration = seconds.map { Duration.seconds($0) }
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: instrumentation)
            if let replicas {
                try await bench.shop.with { try await $0.scale(service, to: replicas) }
                try await bench.awaitRollout()
            }
            let start = bench.loop.now
            if let fault { try await bench.shop.with { try await $0.switchOn(fault) } }
            let before = try await restarts(of: service, bench)
            let watch = Watch()
            let watching = Task(executorPreference: bench.loop) { try await watch.look(at: service, bench) }
            let statistics = try await bench.visitors.visit(LoadPlan(.file(file), profile: LoadProfile(try file.read().standard, duration: duration)))
            watching.cancel()
            var matches: [Int] = []
            for query in evidence { matches.append(try await bench.matches(query, since: start)) }
            var values: [[Double]] = []
            for query in metrics { values.append(try await bench.values(of: query, since: start)) }
            try await bench.awaitRollout()
            let after = try await restarts(of: service, bench)
            await bench.shop.close()
            return IncidentRun(
                statistics: statistics, restarts: after.own - before.own, others: after.others - before.others, allRestarts: after.own, most: watch.most,
                matches: matches, values: values)
        }
    }

    private static func restarts(of service: String, _ bench: Bench) async throws -> (own: Int, others: Int) {
        try await bench.shop.with { core in
            func sum(_ isWanted: (String) -> Bool) -> Int { core.clusterDeployments.filter { isWanted($0.name) }.flatMap(\.pods).reduce(0) { $0 + $1.restarts } }
            return (sum { $0 == service }, sum { $0 != service })
        }
    }

    // @unchecked Sendable: touched only on the bench's loop.
    private final class Watch: @unchecked Sendable {
        var most = Most()

        func look(at service: String, _ bench: Bench) async throws {
            let catalogue = SockShop.prepared.pack.databases.firstIndex { $0.name == "catalogue" } ?? 0
            while true {
                try await bench.loop.sleep(for: .seconds(1))
                let (pods, connections) = try await bench.shop.with { core in
                    (
                        core.clusterDeployments.filter { $0.name == service }.flatMap(\.pods).map { (memory: $0.mebibytes, cpu: $0.millicores) },
                        core.databases[catalogue].statistics.inUse
                    )
                }
                most.mebibytes = max(most.mebibytes, pods.map(\.memory).max() ?? 0)
                most.millicores = max(most.millicores, pods.map(\.cpu).max() ?? 0)
                most.replicas = max(most.replicas, pods.count)
                most.connections = max(most.connections, connections)
            }
        }
    }
}

extension JourneyFile {
    /// A journey of the pack.
    static func named(_ name: String) throws -> JourneyFile {
        let pack = SockShop.prepared.pack
        let text = try #require(pack.journeys.first { $0.name == "load/\(name).json" }?.text)
        return JourneyFile(path: name, text: text, services: pack.services + pack.aliases.map(\.alias))
    }
}

extension Bench {
    /// What Datadog's metrics API answers to a query, the values of all series.
    func values(of query: String, since start: Timestamp) async throws -> [Double] {
        // Points are made when a stretch of ten seconds is over.
        try await loop.sleep(for: .seconds(11))
        let window = "from=\(start.seconds)&to=\(loop.now.seconds + 1)"
        let answer = try await transport.send(
            ClientRequest(method: "GET", url: "\(observabilityURL)/api/v1/query?\(window)&query=\(PercentEncoding.encode(query))", headers: [:], body: []))
        let series = try answer.json["series"]?.elements ?? []
        return series.flatMap { $0["pointlist"]?.elements ?? [] }.compactMap { $0["1"]?.number ?? $0.elements?.last?.number }
    }
}
