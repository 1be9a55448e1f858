import Base

extension Recorder {
    /// One metric with time, by the name under which Datadog knows it.
    ///
    /// Metrics of requests are `trace.<operation>` (durations) and, behind it, `.hits`, `.errors`, `.duration`, `.hits.by_http_status` and
    /// `.errors.by_http_status`; all others have the name that their service gave them.
    ///
    /// - Parameters:
    ///   - start: Seconds since the epoch: points that end before it may be left out.
    ///   - now: Takes in what was counted up to now; with nil, counters and the like are known to the last `advance`.
    /// - Returns: Nil when there is no such metric.
    public func timeSeries(_ name: String, from start: Int64 = .min, now: Timestamp?) -> MetricTimeSeries? {
        guard isEnabled else { return nil }
        if let now { updateHistory(at: now) } else { updateStatistics() }
        if name.hasPrefix(RequestMetric.prefix), let found = requestTimeSeries(name, from: start) { return found }
        guard let family = metrics.snapshot().first(where: { $0.name == name }) else { return nil }
        let kind: MetricTimeSeries.Kind = family.kind == .counter ? .count : family.kind == .gauge ? .gauge : .distribution
        let series = history.series(of: family).map { Course(labels: $0.labels, points: $0.history) }
        return Self.timeSeries(name, family.help, family.unit, kind, series, from: start)
    }

    /// Names that `timeSeries` knows, sorted.
    public func timeSeriesNames() -> [String] {
        guard isEnabled else { return [] }
        updateStatistics()
        let requests = statistics.operations.flatMap { operation in RequestMetric.allCases.map { RequestMetric.prefix + operation + $0.rawValue } }
        return (requests + metrics.snapshot().map(\.name)).sorted()
    }

    private func requestTimeSeries(_ name: String, from start: Int64) -> MetricTimeSeries? {
        for operation in statistics.operations {
            let base = RequestMetric.prefix + operation
            guard name.hasPrefix(base), let metric = RequestMetric(rawValue: String(name.dropFirst(base.count))) else { continue }
            let series = statistics.histories(of: operation).compactMap { item in
                metric.labels(item.labels).map { Course(labels: $0, points: metric.points(item.history.complete), metric: metric) }
            }
            return Self.timeSeries(name, metric.help(operation), metric.unit, metric.kind, series, from: start)
        }
        return nil
    }

    /// A series as it was kept.
    private struct Course {
        var labels: LabelSet
        var points: PointHistory
        /// What the points are turned into; nil leaves them.
        var metric: RequestMetric?
    }

    /// Joins what has the same labels, as two deployments of one version have.
    private static func timeSeries(
        _ name: String, _ help: String, _ unit: String, _ kind: MetricTimeSeries.Kind,
        _ series: [Course], from start: Int64
    ) -> MetricTimeSeries {
        var order: [LabelSet] = []
        var points: [LabelSet: [MetricPoint]] = [:]
        var stretch = PointHistory.resolution
        for item in series {
            let longest = item.points.longestStretch(after: start)
            stretch = max(stretch, longest)
            let new = item.points.points.filter { $0.start >= start || $0.start + longest > start }.map { item.metric?.point($0) ?? $0 }
            guard !new.isEmpty else { continue }
            if points[item.labels] == nil { order.append(item.labels) }
            points[item.labels, default: []] += new
        }
        return MetricTimeSeries(
            name: name, help: help, unit: unit, kind: kind, series: order.map { MetricTimeSeries.Series(labels: $0, points: joined(points[$0]!)) }, stretch: stretch)
    }

    private static func joined(_ points: [MetricPoint]) -> [MetricPoint] {
        var out: [MetricPoint] = []
        for point in points.sorted(by: { $0.start < $1.start }) {
            if out.last?.start == point.start { out[out.count - 1].merge(point) } else { out.append(point) }
        }
        return out
    }

    // MARK: Keeping

    /// Called before something is counted: when a new stretch of time has begun, what was counted before belongs to the one before.
    ///
    /// One comparison as long as the stretch lasts, so that each request can call it.
    @inline(__always) public func advance(to time: Timestamp) {
        if time.nanoseconds >= nextSample { updateHistory(at: time) }
    }

    func updateHistory(at time: Timestamp) {
        updateStatistics()
        guard isEnabled else { return }
        history.sample(metrics.snapshot(), at: time)
        nextSample = (time.seconds.rounded(downTo: PointHistory.resolution) + PointHistory.resolution) * 1_000_000_000
        trimHistory()
    }

    /// Forgets the oldest points when all together take more than their share of memory.
    private func trimHistory() {
        while statistics.historyCost + history.cost > historyLimit {
            guard let oldest = [statistics.oldestHistory, history.oldest].compactMap(\.self).min() else { return }
            // A quarter of the time at once, and at least one stretch.
            let newest = nextSample / 1_000_000_000
            let cut = oldest + max(PointHistory.resolution, (newest - oldest) / 4)
            statistics.removeHistory(before: cut)
            history.removePoints(before: cut)
        }
    }
}
