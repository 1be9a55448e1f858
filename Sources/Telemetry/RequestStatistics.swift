import Base

/// Requests, errors and durations per operation, counted over every recorded span that enters or leaves a service, whether or not
/// the span itself is still kept: Datadog's trace metrics `trace.<operation>.hits`, `.errors` and `.duration`.
struct RequestStatistics {
    /// Further combinations are not counted: resources are meant to be few, and a mistake must not fill the memory.
    static let seriesLimit = 2_000

    private struct Key: Hashable {
        var template: ObjectIdentifier
        var status: Int
        var resource: String?
    }

    fileprivate struct Series {
        /// Keeps the template alive, so that no other object gets its identity.
        var template: SpanTemplate
        var resource: String
        var status: Int
        var errors: Int
        var duration: Distribution
        var history = RequestHistory()
    }

    private var series: [Series] = []
    private var positions: [Key: Int] = [:]
    private var lastKey: Key?
    private var lastPosition = 0

    mutating func count(_ span: Span) {
        guard span.template.kind != .internal || span.parent == 0 else { return }
        let key = Key(template: ObjectIdentifier(span.template), status: span.status, resource: span.resource)
        // Spans of a query storm come in rows.
        if key != lastKey {
            guard let position = positions[key] ?? add(key, for: span) else { return }
            lastKey = key
            lastPosition = position
        }
        if span.isError { series[lastPosition].errors &+= 1 }
        let seconds = Double(span.durationNanoseconds) / 1_000_000_000
        series[lastPosition].duration.observe(seconds)
        series[lastPosition].history.count(seconds, isError: span.isError, at: span.end)
    }

    private mutating func add(_ key: Key, for span: Span) -> Int? {
        guard series.count < Self.seriesLimit else { return nil }
        positions[key] = series.count
        series.append(
            Series(
                template: span.template, resource: span.resourceName, status: span.status, errors: 0,
                duration: Distribution(bounds: Distribution.durationBounds)))
        return series.count - 1
    }

    /// Operation names, sorted.
    var operations: [String] { Set(series.map(\.template.name)).sorted() }

    /// The history of an operation for each combination of labels, in the order of the first spans.
    func histories(of operation: String) -> [(labels: LabelSet, history: RequestHistory)] {
        series.filter { $0.template.name == operation }.map { ($0.labels, $0.history) }
    }

    var historyCost: Int { series.reduce(0) { $0 + $1.history.cost } }
    var oldestHistory: Int64? { series.compactMap(\.history.oldest).min() }

    mutating func removeHistory(before time: Int64) {
        for index in series.indices { series[index].history.removePoints(before: time) }
    }

    /// Three families per operation name, sorted by operation, the series in the order of their first spans.
    func families() -> [MetricFamily] {
        var operations: [String: Operation] = [:]
        for item in series { operations[item.template.name, default: Operation()].add(item.labels, item.errors, item.duration) }
        return operations.keys.sorted().flatMap { operations[$0]!.families(named: $0) }
    }

    private struct Operation {
        var order: [LabelSet] = []
        var errors: [LabelSet: Int] = [:]
        var durations: [LabelSet: Distribution] = [:]

        /// Several templates can have the same labels, as two deployments of one version have.
        mutating func add(_ labels: LabelSet, _ errorCount: Int, _ duration: Distribution) {
            if durations[labels]?.merge(duration) == nil {
                durations[labels] = duration
                order.append(labels)
            }
            errors[labels, default: 0] += errorCount
        }

        func families(named name: String) -> [MetricFamily] {
            let base = "trace." + name
            func points(_ value: (LabelSet) -> MetricFamily.Value) -> [MetricFamily.Point] {
                order.map { MetricFamily.Point(labels: $0, value: value($0)) }
            }
            return [
                MetricFamily(
                    name: base + ".hits", help: "Finished \(name) operations.", unit: "", kind: .counter,
                    points: points { .number(Double(durations[$0]!.count)) }),
                MetricFamily(
                    name: base + ".errors", help: "Finished \(name) operations that failed.", unit: "", kind: .counter,
                    points: points { .number(Double(errors[$0]!)) }),
                MetricFamily(
                    name: base + ".duration", help: "Duration of \(name) operations.", unit: "s", kind: .histogram,
                    points: points { .distribution(durations[$0]!) }),
            ]
        }
    }
}

extension RequestStatistics.Series {
    fileprivate var labels: LabelSet {
        var pairs = [("service", template.service.name), ("resource_name", resource)]
        if !template.service.environment.isEmpty { pairs.append(("env", template.service.environment)) }
        if !template.service.version.isEmpty { pairs.append(("version", template.service.version)) }
        if status != 0 { pairs.append(("http.status_code", String(status))) }
        return LabelSet(pairs)
    }
}
