import Base
import Telemetry

/// `[aggregation:]name[{label=value,...}] [operator number]` over the metrics as they are now.
///
/// Names and labels may be written with dots or in Prometheus' way (`_total`, `_seconds` included). Without an aggregation every
/// series is looked at alone, a histogram by its mean. `sum`, `avg`, `min`, `max` join the series; `count`, `p50`, `p75`, `p90`,
/// `p95`, `p99` join histograms.
public struct MetricQuery: Sendable, Equatable {
    public enum Aggregation: String, Sendable, CaseIterable { case sum, avg, min, max, count, p50, p75, p90, p95, p99 }
    public enum Comparison: String, Sendable { case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "=", unequal = "!=" }

    public var aggregation: Aggregation?
    public var name: String
    public var labels: [LabelSet.Label]
    public var comparison: Comparison?
    public var threshold: Double

    /// How many series (with an aggregation: 0 or 1) fit; without a comparison, how many there are.
    public func matches(in families: [MetricFamily]) -> Int { values(in: families).filter(holds).count }

    /// The values that the comparison is applied to.
    public func values(in families: [MetricFamily]) -> [Double] {
        let points = families.filter(isNamed).flatMap(\.points).filter(hasLabels)
        guard let aggregation else { return points.compactMap { $0.value.number } }
        guard !points.isEmpty else { return [] }
        switch aggregation {
        case .p50, .p75, .p90, .p95, .p99:
            return Self.joined(points)?.quantile(Double(aggregation.rawValue.dropFirst())! / 100).map { [$0] } ?? []
        case .count: return Self.joined(points).map { [Double($0.count)] } ?? [Double(points.count)]
        case .sum: return [points.reduce(0) { $0 + $1.value.total }]
        case .avg: return Self.joined(points).map { $0.mean.map { [$0] } ?? [] } ?? [points.reduce(0) { $0 + $1.value.total } / Double(points.count)]
        case .min: return points.compactMap { $0.value.number }.min().map { [$0] } ?? []
        case .max: return points.compactMap { $0.value.number }.max().map { [$0] } ?? []
        }
    }

    private func isNamed(_ family: MetricFamily) -> Bool {
        let wanted = PrometheusText.normalized(name)
        return wanted == PrometheusText.normalized(family.name) || wanted == PrometheusText.name(of: family)
    }

    private func hasLabels(_ point: MetricFamily.Point) -> Bool {
        labels.allSatisfy { label in
            point.labels.labels.contains { PrometheusText.normalized($0.name) == PrometheusText.normalized(label.name) && $0.value == label.value }
        }
    }

    private func holds(_ value: Double) -> Bool {
        switch comparison {
        case nil: true
        case .less: value < threshold
        case .lessOrEqual: value <= threshold
        case .greater: value > threshold
        case .greaterOrEqual: value >= threshold
        case .equal: value == threshold
        case .unequal: value != threshold
        }
    }

    /// Nil when the points are plain numbers.
    private static func joined(_ points: [MetricFamily.Point]) -> Distribution? {
        var all: Distribution?
        for point in points {
            guard case .distribution(let distribution) = point.value else { return nil }
            if all?.merge(distribution) == nil { all = distribution }
        }
        return all
    }
}

extension MetricFamily.Value {
    fileprivate var number: Double? {
        switch self {
        case .number(let number): number
        case .distribution(let distribution): distribution.mean
        }
    }

    fileprivate var total: Double {
        switch self {
        case .number(let number): number
        case .distribution(let distribution): distribution.sum
        }
    }
}
