import Base
import Packs
import Telemetry

/// A histogram that a service keeps of the durations of its requests, as its framework's library for Prometheus does: a member of its
/// `metrics` object.
///
/// | Key | Meaning |
/// |---|---|
/// | `help` | one sentence, written as `# HELP` |
/// | `buckets` | ascending upper bounds in seconds |
/// | `labels` | a text for each label, which may hold `{method}`, `{method_lower}`, `{route}` (the pattern as the framework writes it), `{words}` (its letters and digits, joined by `_`), `{segment}` (its first segment), `{name}` (of the route) and `{status}` |
///
/// Requests that no route answers have the route `other`: strangers must not be able to make series. `metrics.text` gives them all as text.
final class RequestMetric {
    static let keys = ["help", "buckets", "labels"]
    private static let labelNames = ["method", "method_lower", "route", "words", "segment", "name", "status"]

    let name: String
    private let help: String
    private let bounds: [Double]
    private let labels: [(name: String, text: SpanText)]

    /// What decides about the labels; of requests that no route answers, only the status.
    private struct Series: Hashable {
        var route: ObjectIdentifier?
        var method: String
        var status: Int
    }

    /// Found once, with the metrics that they belong to.
    private var histograms: [Series: Metrics.Histogram] = [:]
    private var owner: Metrics?

    static func all(_ node: JSONNode?, reporting diagnostics: Diagnostics) -> [RequestMetric] {
        guard let node else { return [] }
        return diagnostics.members(of: node, pointer: "/metrics").map { RequestMetric($0, reporting: diagnostics) }
    }

    private init(_ member: JSONNode.Member, reporting diagnostics: Diagnostics) {
        let pointer = "/metrics/" + member.name.pointerToken
        _ = diagnostics.members(of: member.value, pointer: pointer, known: Self.keys)
        name = member.name
        help = diagnostics.string("help", in: member.value, pointer: pointer, required: true) ?? ""
        let buckets = (member.value["buckets"]?.array ?? []).compactMap(\.value.number)
        bounds = buckets.isEmpty ? Distribution.durationBounds : buckets
        if let node = member.value["buckets"], buckets.isEmpty || buckets != buckets.sorted() {
            diagnostics.report("buckets are ascending numbers", at: node.location, pointer: pointer + "/buckets")
        }
        let labels = member.value["labels"].map { diagnostics.members(of: $0, pointer: pointer + "/labels") } ?? []
        self.labels = labels.map { ($0.name, SpanText($0.value.string ?? "")) }
        for (label, text) in zip(labels, self.labels) {
            for name in text.text.names where !Self.labelNames.contains(name) {
                diagnostics.report(
                    "nothing of a request is named \"\(name)\"" + suggestion(for: name, among: Self.labelNames), at: label.value.location,
                    pointer: pointer + "/labels/" + label.name.pointerToken)
            }
        }
    }

    /// Counts a request that has ended.
    ///
    /// - Parameter route: Of the deployment that the metric belongs to.
    func count(_ route: CompiledRoute?, method: String, status: Int, seconds: Double, in metrics: Metrics) {
        if owner !== metrics { (owner, histograms) = (metrics, [:]) }
        let series = Series(route: route.map { ObjectIdentifier($0) }, method: route == nil ? "OTHER" : method, status: status)
        let histogram = histograms[series] ?? add(series, route, to: metrics)
        metrics.observe(seconds, in: histogram)
    }

    private func add(_ series: Series, _ route: CompiledRoute?, to metrics: Metrics) -> Metrics.Histogram {
        let pattern = route?.display ?? "other"
        let facts = [
            "method": series.method, "method_lower": series.method.lowercased(), "route": pattern, "words": Self.words(of: pattern),
            "segment": pattern.split(separator: "/").first.map(String.init) ?? "", "name": route?.name ?? "", "status": String(series.status),
        ]
        let histogram = metrics.histogram(name, help: help, bounds: bounds, labels: LabelSet(labels.map { ($0.name, $0.text.filled(facts)) }))
        histograms[series] = histogram
        return histogram
    }

    /// `/catalogue/{id}` as `catalogue_id`, `/` as `root`.
    private static func words(of pattern: String) -> String {
        let words = pattern.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "root" : words.joined(separator: "_")
    }
}

extension ServiceRuntime {
    /// What the service has counted of its own requests, in Prometheus' text format.
    public var metricsText: [UInt8] { PrometheusText.render(requestMetrics.snapshot()) }
}
