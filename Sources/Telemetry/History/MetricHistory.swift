import Base

/// How the metrics of a shop changed with time, in memory of bounded size.
///
/// Counters, gauges and histograms are looked at when a stretch of 10 s is over: nothing is done when they are counted.
struct MetricHistory {
    /// Further combinations of name and labels are not followed.
    static let seriesLimit = 2_000

    private struct Key: Hashable {
        var name: String
        var labels: LabelSet
    }

    private struct Followed {
        var points = PointHistory()
        var seen: MetricFamily.Value
    }

    private var series: [Key: Followed] = [:]
    /// The stretch in which everything happened that is not in `series` yet; nil before the first sample.
    private var openStretch: Int64?

    /// Takes in what has been counted, as something that happened in the stretch that was open, and opens the one of `time`.
    mutating func sample(_ families: [MetricFamily], at time: Timestamp) {
        let next = time.seconds.rounded(downTo: PointHistory.resolution)
        let stretch = openStretch ?? next
        openStretch = next
        for family in families {
            // A gauge is seen now: it tells nothing about the time before the stretch that has just ended.
            let seen = family.kind == .gauge ? max(stretch, next - PointHistory.resolution) : stretch
            for point in family.points { take(point, of: family, in: seen) }
        }
    }

    private mutating func take(_ point: MetricFamily.Point, of family: MetricFamily, in stretch: Int64) {
        let key = Key(name: family.name, labels: point.labels)
        let before = series[key]?.seen
        guard before != nil || series.count < Self.seriesLimit else { return }
        guard let value = Self.change(from: before, to: point.value, kind: family.kind) else {
            if before == nil { series[key] = Followed(seen: point.value) }
            return
        }
        series[key, default: Followed(seen: point.value)].points.append(MetricPoint(start: stretch, value: value))
        series[key]!.seen = point.value
    }

    /// Nil when nothing happened.
    private static func change(from before: MetricFamily.Value?, to now: MetricFamily.Value, kind: MetricFamily.Kind) -> MetricPoint.Value? {
        switch now {
        case .number(let number) where kind == .gauge: return .gauge(MetricPoint.Gauge(number))
        case .number(let number):
            var earlier = 0.0
            if case .number(let number)? = before { earlier = number }
            // A counter that fell was set back; what it shows was added since.
            let added = number >= earlier ? number - earlier : number
            return added > 0 ? .count(added) : nil
        case .distribution(let distribution):
            var added = distribution
            if case .distribution(let earlier)? = before { added = distribution.since(earlier) }
            return added.count > 0 ? .distribution(Sketch(added)) : nil
        }
    }

    /// - Returns: The points of each series of a family; nil when none of it is followed.
    func series(of family: MetricFamily) -> [(labels: LabelSet, history: PointHistory)] {
        family.points.compactMap { point in
            guard let followed = series[Key(name: family.name, labels: point.labels)], !followed.points.isEmpty else { return nil }
            return (point.labels, followed.points)
        }
    }

    // MARK: Memory

    var cost: Int { series.values.reduce(0) { $0 + $1.points.cost } }
    var oldest: Int64? { series.values.compactMap(\.points.oldest).min() }

    mutating func removePoints(before time: Int64) {
        for key in series.keys { series[key]!.points.removePoints(before: time) }
    }
}
