import Telemetry

extension ShopCore {
    /// Brings up to date what is only looked at now and then; called before somebody reads metrics.
    public func refreshMetrics() {
        refreshPoolMetrics()
        refreshPodMetrics()
    }

    /// Brings the metrics of the databases' connection pools up to date.
    ///
    /// Names follow OpenTelemetry's semantic conventions for database client connection pools.
    public func refreshPoolMetrics() {
        for (definition, database) in zip(pack.databases, databases) {
            let statistics = database.statistics
            let metrics = recorder.metrics
            func set(_ name: String, _ help: String, unit: String = "", to value: Double) {
                let gauge = metrics.gauge(
                    "db.client.connection." + name, help: help, unit: unit, labels: ["db_client_connection_pool_name": definition.name])
                metrics.set(gauge, to: value)
            }
            set("max", "Connections that the pool may have.", to: Double(statistics.limit))
            set("used", "Connections that are in use.", to: Double(statistics.inUse))
            set("pending_requests", "Requests that wait for a connection.", to: Double(statistics.waiting))
            set("waits", "Requests that had to wait for a connection so far.", to: Double(statistics.totalWaits))
            set("waited", "Time that requests have waited for connections so far.", unit: "s", to: Double(statistics.totalWaitTime.nanoseconds) / 1e9)
            set("timeouts", "Requests that gave up waiting for a connection so far.", to: Double(statistics.timeouts))
        }
    }
}
