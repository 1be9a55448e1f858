import Base
import Telemetry

/// Computes queries over the metrics of one shop.
///
/// The order is Datadog's: values of one series are put together in time, then series in space, then functions and arithmetic work on what
/// has come out, point by point.
public struct SeriesEvaluator {
    private let recorder: Recorder
    private let now: Timestamp?

    /// - Parameter now: The shop's time; see `Recorder.timeSeries`.
    public init(_ recorder: Recorder, now: Timestamp?) {
        self.recorder = recorder
        self.now = now
    }

    /// - Throws: `SeriesQueryError` when a percentile is asked of a metric that has none.
    public func evaluate(_ expression: SeriesExpression, in window: QueryWindow, of query: SeriesQuery) throws(SeriesQueryError) -> SeriesResults {
        switch expression {
        case .number(let number): return SeriesResults([], interval: window.interval, constant: number)
        case .group(let inner): return try evaluate(inner, in: window, of: query)
        case .source(let source): return try evaluate(source, in: window, of: query)
        case .binary(let sign, let left, let right):
            return SeriesArithmetic(sign).apply(try evaluate(left, in: window, of: query), try evaluate(right, in: window, of: query))
        case .function(.timeShift(let seconds, _), let inner):
            let past = try evaluate(inner, in: window.shifted(by: seconds), of: query)
            return past.map { series in
                SeriesResult(tags: series.tags, points: series.points.map { SeriesResult.Point($0.time &- seconds, $0.value) })
            }
        case .function(let function, let inner): return function.apply(to: try evaluate(inner, in: window, of: query), in: window)
        }
    }

    private func evaluate(_ source: SeriesSource, in window: QueryWindow, of query: SeriesQuery) throws(SeriesQueryError) -> SeriesResults {
        guard let metric = recorder.timeSeries(source.metric, from: window.from, now: now) else {
            return SeriesResults([], interval: interval(source, window, 10), countsFromZero: source.form != .plain)
        }
        if let percentile = source.aggregation?.quantile, metric.kind != .distribution {
            let name = "p\(JSONNumber.text(percentile * 100))"
            throw .meaning("\(name) needs a distribution, and \(source.metric) is a \(metric.kind.rawValue)", Array(query.text), at: source.offset)
        }
        let interval = interval(source, window, metric.stretch)
        let rollup = SeriesRollup(source: source, kind: metric.kind, interval: interval, starts: window.starts(every: interval), end: window.to)
        var order: [[SeriesTag]] = []
        var groups: [[SeriesTag]: [[MetricPoint]]] = [:]
        for series in metric.series {
            let tags = series.labels.seriesTags(shared: recorder.sharedLabels)
            guard source.scope.matches(tags) else { continue }
            let group = source.groupKeys.map { key in tags.first { $0.key == key } ?? SeriesTag(key, "N/A") }
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append(series.points)
        }
        let series = order.map { SeriesResult(tags: $0, points: rollup.join(groups[$0]!)) }.filter { !$0.points.isEmpty }
        // In the order of the tags, whichever request came first.
        let sorted = series.sorted { $0.tags.map(\.text).lexicographicallyPrecedes($1.tags.map(\.text)) }
        return SeriesResults(sorted, interval: interval, countsFromZero: source.form != .plain && metric.kind != .gauge)
    }

    /// What the query asks for, but not less than the window allows or the points are long.
    private func interval(_ source: SeriesSource, _ window: QueryWindow, _ stretch: Int64) -> Int64 {
        let least = max(window.interval, stretch)
        guard let wanted = source.rollup?.seconds else { return least }
        return max(least, wanted.rounded(upTo: stretch))
    }
}
