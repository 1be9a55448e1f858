/// The metrics that a shop's services keep. A series is looked up once and then counted through its handle, which is an array index.
public final class Metrics {
    public struct Counter: Hashable, Sendable { fileprivate let index: Int }
    public struct Gauge: Hashable, Sendable { fileprivate let index: Int }
    public struct Histogram: Hashable, Sendable { fileprivate let index: Int }

    private struct Family {
        var name: String
        var aliases: [String]
        var help: String
        var unit: String
        var kind: MetricFamily.Kind
        var series: [LabelSet: Int]
        /// In the order of their first use.
        var order: [LabelSet]
    }

    /// While false nothing is counted.
    public internal(set) var isEnabled = true
    private var families: [Family] = []
    private var positions: [String: Int] = [:]
    private var numbers: [Double] = []
    private var distributions: [Distribution] = []

    public init() {}

    // MARK: Handles

    /// A number that only grows. Asking again with the same name and labels gives the same series.
    ///
    /// - Parameters:
    ///   - name: OpenTelemetry's spelling with dots; a name has one kind.
    ///   - aliases: Further names under which the series is read; those of the name's first use.
    ///   - help: One sentence for people.
    ///   - unit: UCUM base unit (`s`, `By`, `{order}`); Prometheus' names carry it.
    public func counter(_ name: String, aliases: [String] = [], help: String, unit: String = "", labels: LabelSet = [:]) -> Counter {
        Counter(index: series(name, aliases, help, unit, .counter, [], labels))
    }

    /// A number that goes up and down.
    public func gauge(_ name: String, aliases: [String] = [], help: String, unit: String = "", labels: LabelSet = [:]) -> Gauge {
        Gauge(index: series(name, aliases, help, unit, .gauge, [], labels))
    }

    /// A distribution of values; `bounds` are the buckets' ascending upper bounds, those of the series' first use.
    public func histogram(
        _ name: String, help: String, unit: String = "s", bounds: [Double] = Distribution.durationBounds, labels: LabelSet = [:]
    ) -> Histogram {
        Histogram(index: series(name, [], help, unit, .histogram, bounds, labels))
    }

    /// False when the name belongs to metrics of another kind.
    public func mayCount(_ name: String, as kind: MetricFamily.Kind) -> Bool { positions[name].map { families[$0].kind == kind } ?? true }

    // MARK: Counting

    /// Negative amounts are ignored: a counter that falls would look like a restart.
    public func add(_ amount: Double = 1, to counter: Counter) {
        guard isEnabled, amount > 0 else { return }
        numbers[counter.index] += amount
    }

    public func set(_ gauge: Gauge, to value: Double) {
        guard isEnabled else { return }
        numbers[gauge.index] = value
    }

    public func add(_ amount: Double, to gauge: Gauge) {
        guard isEnabled else { return }
        numbers[gauge.index] += amount
    }

    public func observe(_ value: Double, in histogram: Histogram) {
        guard isEnabled else { return }
        distributions[histogram.index].observe(value)
    }

    // MARK: Reading

    /// All families in the order of their first use, one for each of their names.
    public func snapshot() -> [MetricFamily] {
        families.flatMap { family in
            let points = family.order.map { labels in
                let index = family.series[labels]!
                let value: MetricFamily.Value = family.kind == .histogram ? .distribution(distributions[index]) : .number(numbers[index])
                return MetricFamily.Point(labels: labels, value: value)
            }
            return ([family.name] + family.aliases).map { MetricFamily(name: $0, help: family.help, unit: family.unit, kind: family.kind, points: points) }
        }
    }

    /// Takes out the gauge's series with these labels: what it told of is no more. Its handle must not be used again.
    public func removeGauge(_ name: String, labels: LabelSet) {
        guard let position = positions[name], families[position].series.removeValue(forKey: labels) != nil else { return }
        families[position].order.removeAll { $0 == labels }
    }

    /// All values to zero; handles stay valid.
    func reset() {
        for index in numbers.indices { numbers[index] = 0 }
        for index in distributions.indices { distributions[index] = Distribution(bounds: distributions[index].bounds) }
    }

    private func series(
        _ name: String, _ aliases: [String], _ help: String, _ unit: String, _ kind: MetricFamily.Kind, _ bounds: [Double], _ labels: LabelSet
    ) -> Int {
        let position = positions[name] ?? families.count
        if position == families.count {
            positions[name] = position
            families.append(Family(name: name, aliases: aliases, help: help, unit: unit, kind: kind, series: [:], order: []))
        }
        precondition(families[position].kind == kind, "the metric \(name) is a \(families[position].kind), not a \(kind); rename one of them")
        if let index = families[position].series[labels] { return index }
        let index = kind == .histogram ? distributions.count : numbers.count
        if kind == .histogram {
            distributions.append(Distribution(bounds: bounds))
        } else {
            numbers.append(0)
        }
        families[position].series[labels] = index
        families[position].order.append(labels)
        return index
    }
}
