import Base
import HTTP
import Telemetry

/// Request metrics of a shop's services under the stable semantic conventions.
final class ShopMetrics {
    private let metrics: Metrics
    /// By route, then by status.
    private var durations: [ObjectIdentifier: [Int: Metrics.Histogram]] = [:]
    /// What was counted last: most requests go where the one before went.
    private var last: (key: ObjectIdentifier, status: Int, histogram: Metrics.Histogram)?

    init(_ metrics: Metrics) { self.metrics = metrics }

    func count(_ exchange: Exchange, status: Int, nanoseconds: Int64) {
        let key = exchange.route.map { ObjectIdentifier($0) } ?? ObjectIdentifier(exchange.deployment)
        metrics.observe(Double(nanoseconds) / 1e9, in: histogram(key, exchange, status))
    }

    private func histogram(_ key: ObjectIdentifier, _ exchange: Exchange, _ status: Int) -> Metrics.Histogram {
        if let last, last.key == key, last.status == status { return last.histogram }
        let histogram = durations[key]?[status] ?? add(key, exchange, status)
        last = (key, status, histogram)
        return histogram
    }

    private func add(_ key: ObjectIdentifier, _ exchange: Exchange, _ status: Int) -> Metrics.Histogram {
        // Never the raw path or an unknown method: strangers must not be able to make series.
        let route = exchange.route
        let method = route == nil ? "_OTHER" : exchange.request.method
        let histogram = metrics.histogram(
            "http.server.request.duration", help: "Duration of HTTP server requests.", unit: "s",
            labels: [
                "service_name": exchange.service.name, "service_version": exchange.deployment.version, "http_request_method": method,
                "http_route": route?.pattern ?? "", "http_response_status_code": String(status),
            ])
        durations[key, default: [:]][status] = histogram
        return histogram
    }
}
