import Telemetry

/// Tells what has happened to metrics since they were looked at before.
struct MetricChanges {
    enum Change: Equatable {
        case added(Double)
        case value(Double)
        case observed(Distribution)
    }

    private struct Key: Hashable {
        var name: String
        var labels: LabelSet
    }

    private var seen: [Key: MetricFamily.Value] = [:]

    /// Nil when nothing was counted. A counter or histogram that shows less than before was set back: all that it shows is new then.
    mutating func take(_ point: MetricFamily.Point, of family: MetricFamily) -> Change? {
        let key = Key(name: family.name, labels: point.labels)
        switch point.value {
        case .number(let number) where family.kind == .gauge: return .value(number)
        case .number(let number):
            var before = 0.0
            if case .number(let earlier)? = seen[key] { before = earlier }
            seen[key] = point.value
            let added = number >= before ? number - before : number
            return added > 0 ? .added(added) : nil
        case .distribution(let distribution):
            var added = distribution
            if case .distribution(let earlier)? = seen[key] { added = distribution.since(earlier) }
            seen[key] = point.value
            return added.count > 0 ? .observed(added) : nil
        }
    }
}
