import Base
import HTTP
import Telemetry

/// Request metrics of a shop's services under the stable semantic conventions.
final class ShopMetrics {
    private let metrics: Metrics
    /// What requests of one route, or of none in one deployment, are counted in.
    private struct Series {
        /// Kept, so that no route of a later deployment can come to the same address and be taken for this one.
        let owner: AnyObject
        var byStatus: [Int: Metrics.Histogram] = [:]
    }

    private var durations: [ObjectIdentifier: Series] = [:]
    /// What was counted last: most requests go where the one before went.
    private var last: (key: ObjectIdentifier, status: Int, histogram: Metrics.Histogram)?

    init(_ metrics: Metrics) { self.metrics = metrics }

    func count(_ exchange: Exchange, status: Int, nanoseconds: Int64) {
        let key = exchange.route.map { ObjectIdentifier($0) } ?? ObjectIdentifier(exchange.deployment)
        metrics.observe(Double(nanoseconds) / 1e9, in: histogram(key, exchange, status))
    }

    /// After a deployment: nothing more will come for most routes. Those in flight are found again by their labels.
    func forgetRoutes() {
        durations = [:]
        last = nil
    }

    private func histogram(_ key: ObjectIdentifier, _ exchange: Exchange, _ status: Int) -> Metrics.Histogram {
        if let last, last.key == key, last.status == status { return last.histogram }
        let histogram = durations[key]?.byStatus[status] ?? add(key, exchange, status)
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
        durations[key, default: Series(owner: route ?? exchange.deployment)].byStatus[status] = histogram
        return histogram
    }
}
