import Base

/// One measured value as Reliably's API takes it (`kind: indicator`).
public struct IndicatorEntity: Sendable {
    public let value: Value

    /// Nil without data.
    public init?(_ result: ObjectiveResult, at time: Timestamp) {
        guard let percent = result.measurement.goodPercent else { return nil }
        let labels: [(String, Value)] =
            switch result.objective.indicator {
            case .datadog(let numerator, let denominator):
                [("datadog_numerator_query", .string(numerator)), ("datadog_denominator_query", .string(denominator))]
            default: [("name", .string(result.objective.name)), ("service", .string(result.objective.service))]
            }
        let start = Timestamp(nanoseconds: time.nanoseconds - result.objective.window.nanoseconds)
        value = .object([
            "apiVersion": "reliably.com/v1", "kind": "indicator", "metadata": .object(["labels": .record(Record(labels))]),
            "spec": .object(["from": .string(start.iso8601), "to": .string(time.iso8601), "percent": .double(percent)]),
        ])
    }
}
