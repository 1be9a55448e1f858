import Telemetry

/// Puts the points of several series together: first those of each series into intervals, then the series into one.
struct SeriesRollup {
    let source: SeriesSource
    let kind: MetricTimeSeries.Kind
    let interval: Int64
    /// Starts of the intervals, ascending.
    let starts: [Int64]
    /// Later points do not count.
    let end: Int64

    /// Gaps up to this many seconds are bridged between gauges that are put together.
    private static let standardGap: Int64 = 300

    func join(_ sources: [[MetricPoint]]) -> [SeriesResult.Point] {
        if kind == .distribution { return joinDistributions(sources) }
        var series = sources.map(valuesByTime)
        if let fill = source.fill {
            series = series.map { filled($0, fill) }
        } else if kind == .gauge, series.count > 1 {
            series = series.map { filled($0, .linear(limit: Self.standardGap)) }
        }
        // Only where one of the sources has been seen: filling must not make points out of nothing else.
        let times = source.fill == nil ? Set(sources.flatMap { $0.compactMap { start(of: $0) } }) : Set(series.flatMap(\.keys))
        return times.sorted().compactMap { time in
            Self.together(series.compactMap { $0[time] }, source.aggregation ?? .avg).map { SeriesResult.Point(time, $0) }
        }
    }

    // MARK: Time

    /// The interval that a point falls into; nil outside of all.
    private func start(of point: MetricPoint) -> Int64? {
        guard let first = starts.first, point.start >= first, point.start <= end else { return nil }
        return point.start.rounded(downTo: interval)
    }

    private func valuesByTime(_ points: [MetricPoint]) -> [Int64: Double] {
        var intervals: [Int64: [MetricPoint.Value]] = [:]
        for point in points { if let start = start(of: point) { intervals[start, default: []].append(point.value) } }
        return intervals.compactMapValues(value)
    }

    private func value(_ values: [MetricPoint.Value]) -> Double? {
        let method = source.rollup?.method ?? (kind == .gauge ? .avg : .sum)
        let plain = Self.together(values, method)
        return source.form == .rate && kind == .count ? plain.map { $0 / Double(interval) } : plain
    }

    private static func together(_ values: [MetricPoint.Value], _ method: SeriesSource.Method) -> Double? {
        var sum = 0.0
        var count = 0
        var (least, most) = (Double.infinity, -Double.infinity)
        for value in values {
            switch value {
            case .count(let number):
                sum += number
                count += 1
                (least, most) = (min(least, number), max(most, number))
            case .gauge(let gauge):
                sum += gauge.sum
                count += gauge.samples
                (least, most) = (min(least, gauge.minimum), max(most, gauge.maximum))
            case .distribution: break
            }
        }
        guard count > 0 else { return nil }
        switch method {
        case .sum: return sum
        case .avg: return sum / Double(count)
        case .min: return least
        case .max: return most
        case .count: return Double(count)
        }
    }

    // MARK: Space

    private static func together(_ values: [Double], _ aggregation: SeriesSource.Aggregation) -> Double? {
        guard !values.isEmpty else { return nil }
        switch aggregation {
        case .sum: return values.reduce(0, +)
        case .min: return values.min()
        case .max: return values.max()
        case .count: return Double(values.count)
        default: return values.reduce(0, +) / Double(values.count)
        }
    }

    /// Distributions are put together whole, so that percentiles are those of all values.
    private func joinDistributions(_ sources: [[MetricPoint]]) -> [SeriesResult.Point] {
        var intervals: [Int64: Sketch] = [:]
        for point in sources.joined() {
            guard let start = start(of: point), case .distribution(let sketch) = point.value else { continue }
            intervals[start, default: Sketch()].merge(sketch)
        }
        var values = intervals.compactMapValues { $0.value(source.aggregation ?? .avg) }
        if source.form == .rate { values = values.mapValues { $0 / Double(interval) } }
        if let fill = source.fill { values = filled(values, fill) }
        return values.sorted { $0.key < $1.key }.map { SeriesResult.Point($0.key, $0.value) }
    }

    // MARK: Gaps

    private func filled(_ values: [Int64: Double], _ fill: SeriesSource.Fill) -> [Int64: Double] {
        guard !values.isEmpty else { return values }
        switch fill {
        case .null: return values
        case .zero: return starts.reduce(into: values) { if $0[$1] == nil { $0[$1] = 0 } }
        case .last(let limit): return bridged(values) { before, _, time in time - before.key <= limit ? before.value : nil }
        case .linear(let limit):
            return bridged(values) { before, after, time in
                guard let after, after.key - before.key <= limit else { return nil }
                return before.value + (after.value - before.value) * Double(time - before.key) / Double(after.key - before.key)
            }
        }
    }

    /// - Parameter bridge: The value at a time, from the points before and after it.
    private func bridged(
        _ values: [Int64: Double], _ bridge: ((key: Int64, value: Double), (key: Int64, value: Double)?, Int64) -> Double?
    ) -> [Int64: Double] {
        let known = values.sorted { $0.key < $1.key }
        var out = values
        var position = 0
        for time in starts where values[time] == nil {
            while position + 1 < known.count, known[position + 1].key < time { position += 1 }
            guard known[position].key < time else { continue }
            let after = position + 1 < known.count ? known[position + 1] : nil
            if let value = bridge(known[position], after, time) { out[time] = value }
        }
        return out
    }
}

extension Sketch {
    fileprivate func value(_ aggregation: SeriesSource.Aggregation) -> Double? {
        guard count > 0 else { return nil }
        switch aggregation {
        case .avg: return mean
        case .sum: return sum
        case .min: return minimum
        case .max: return maximum
        case .count: return Double(count)
        case .p50, .p75, .p90, .p95, .p99: return aggregation.quantile.flatMap(quantile)
        }
    }
}
