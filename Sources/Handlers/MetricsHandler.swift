import Base
import Storefront
import Telemetry

/// The metrics that a service keeps: of its own requests, as its `metrics` object says, and those that steps set.
public struct MetricsHandler: Handler {
    public let name = "metrics"
    public let summary = "The metrics of a service: of its own requests, which its `metrics` object describes, and those that steps set."

    public init() {}

    private static let series = [
        OptionDeclaration("names", .names, "the name in Prometheus' spelling, and others under which an agent hands the same figures on", required: true),
        OptionDeclaration("help", .text, "one sentence about it"), OptionDeclaration("labels", .map(.shape), "labels of the series"),
        OptionDeclaration("tags", .map(.shape), "further labels that the agent adds"),
    ]

    public var operations: [OperationDeclaration] {
        [
            OperationDeclaration("metrics.text", "Writes what the service has counted so far.", result: "bytes in Prometheus' text format") { _ in
                WriteMetrics()
            },
            OperationDeclaration(
                "metrics.set", "Sets a number that goes up and down, for the service's own text and for the shop's metrics.",
                options: Self.series + [OptionDeclaration("value", .expression, "the number", required: true)], result: "the number"
            ) { SetMetric($0, grows: false) },
            OperationDeclaration(
                "metrics.add", "Adds to a number that only grows, for the service's own text and for the shop's metrics.",
                options: Self.series + [OptionDeclaration("value", .expression, "how much; 1 without it")], result: "how much"
            ) { SetMetric($0, grows: true) },
            OperationDeclaration(
                "metrics.collector", "Writes what the shop's collector has counted of the traces so far.", result: "bytes in Prometheus' text format"
            ) { _ in WriteCollectorMetrics() },
        ]
    }
}

final class SetMetric: ImmediateOperation {
    private let series: StepMetric
    private let labels: [(name: String, shape: Shape)]
    private let tags: [(name: String, shape: Shape)]
    private let value: Expression

    init(_ options: StepOptions, grows: Bool) {
        let names = options.words("names") ?? []
        if names.isEmpty { options.report("a metric needs a name", at: "names") }
        series = StepMetric(name: names.first ?? "", aliases: Array(names.dropFirst()), help: options.word("help") ?? "", grows: grows)
        labels = options.shapes("labels")
        tags = options.shapes("tags")
        value = options.expression("value") ?? .literal(.int(1))
    }

    func runNow(_ exchange: Exchange) throws -> Value? {
        let value = try value.evaluate(exchange)
        guard let number = value.number else { throw Failure(.wrongType, "a metric needs a number, not \(value.text)") }
        try exchange.count(number, in: series, labels: texts(labels, exchange), tags: texts(tags, exchange))
        return value
    }

    private func texts(_ shapes: [(name: String, shape: Shape)], _ exchange: Exchange) throws -> [(String, String)] {
        try shapes.map { ($0.name, try $0.shape.value(exchange).text) }
    }
}

final class WriteMetrics: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? { .bytes(exchange.service.metricsText) }
}

final class WriteCollectorMetrics: ImmediateOperation {
    func runNow(_ exchange: Exchange) throws -> Value? { .bytes(exchange.shop.collectorMetrics) }
}
