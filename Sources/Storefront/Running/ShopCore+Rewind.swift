import Database
import Packs
import Telemetry

extension ShopCore {
    /// Data, sessions, caches, telemetry and random numbers as at the start, while faults and deployments stay: the same code meets another day.
    ///
    /// - Parameter change: Changes the data before the services begin to work; gets the databases by name.
    public func rewind(_ change: ([String: any Database]) async throws -> Void = { _ in }) async throws {
        retire()
        defer { start() }
        for service in services { service.endProcess() }
        try await restoreData()
        try await adjustDatabases()
        try await change(Dictionary(uniqueKeysWithValues: zip(pack.databases.map(\.name), databases)))
        world.reset()
        sessions = SessionStore()
        emptyCaches()
        rebuildPods()
        forgetTelemetry()
    }

    /// All telemetry as at the start, that which services keep themselves included.
    func forgetTelemetry() {
        recorder.reset()
        for service in services { service.requestMetrics = Metrics() }
        collector?.reset(now: world.now)
        refreshMetrics()
    }

    /// Gives all requests of each service to one of its versions, counted from 0; a service with fewer gives them to its last.
    public func giveAllRequests(toVersionAt index: Int) {
        for service in services where service.deployments.count > 1 {
            let chosen = service.deployments[min(index, service.deployments.count - 1)]
            replace(
                service,
                by: [
                    Deployment(
                        service: service, version: chosen.version, weight: 100, title: chosen.title, startedAt: chosen.startedAt, compiled: chosen.compiled)
                ])
        }
    }

    /// Names of the pack's indexes that the wiring has taken away.
    public var missingIndexes: Set<String> { droppedIndexes }
}
