/// The metrics that Datadog derives from spans: `trace.<operation>` and what is put behind it.
enum RequestMetric: String, CaseIterable {
    case durations = ""
    case hits = ".hits"
    case errors = ".errors"
    /// The total of all durations; divided by the hits it gives the mean.
    case duration = ".duration"
    case hitsByStatus = ".hits.by_http_status"
    case errorsByStatus = ".errors.by_http_status"

    static let prefix = "trace."

    var kind: MetricTimeSeries.Kind { self == .durations ? .distribution : .count }
    var unit: String { self == .durations || self == .duration ? "s" : "" }

    func help(_ operation: String) -> String {
        switch self {
        case .durations: "Duration of \(operation) operations."
        case .hits: "Finished \(operation) operations."
        case .errors: "Finished \(operation) operations that failed."
        case .duration: "Total duration of \(operation) operations."
        case .hitsByStatus: "Finished \(operation) operations by HTTP status."
        case .errorsByStatus: "Finished \(operation) operations that failed, by HTTP status."
        }
    }

    /// Nil for series that the metric does not have: those without HTTP status where it counts by status.
    func labels(_ labels: LabelSet) -> LabelSet? {
        guard self == .hitsByStatus || self == .errorsByStatus else { return labels }
        guard let digit = labels["http.status_code"]?.first else { return nil }
        return LabelSet(labels.labels.map { ($0.name, $0.value) } + [("http.status_class", "\(digit)xx")])
    }

    func points(_ history: RequestHistory) -> PointHistory {
        self == .errors || self == .errorsByStatus ? history.errors : history.durations
    }

    func point(_ point: MetricPoint) -> MetricPoint {
        guard case .distribution(let sketch) = point.value else { return point }
        switch self {
        case .hits, .hitsByStatus: return MetricPoint(start: point.start, value: .count(Double(sketch.count)))
        case .duration: return MetricPoint(start: point.start, value: .count(sketch.sum))
        default: return point
        }
    }
}
