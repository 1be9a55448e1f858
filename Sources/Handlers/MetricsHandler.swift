import Base
import Storefront
import Telemetry

/// The metrics that a service keeps of its own requests: what Prometheus scrapes from the service itself.
public struct MetricsHandler: Handler {
    public let name = "metrics"
    public let summary = "The metrics of a service's own requests, which its `metrics` object describes."

    public init() {}

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration("metrics.text", "Writes what the service has counted so far.", result: "bytes in Prometheus' text format") { _ in
                WriteMetrics()
            },
            OperationDeclaration(
                "metrics.collector", "Writes what the shop's collector has counted of the traces so far.", result: "bytes in Prometheus' text format"
            ) { _ in WriteCollectorMetrics() },
        ]
    }
}

final class WriteMetrics: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? { .bytes(exchange.service.metricsText) }
}

final class WriteCollectorMetrics: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? { .bytes(exchange.shop.collectorMetrics) }
}
