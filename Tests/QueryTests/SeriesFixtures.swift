import Base
import Telemetry

@testable import Query

/// A shop whose requests and metrics are given by when they happened, in seconds after `start`.
final class Timeline {
    /// A multiple of an hour.
    static let start: Int64 = 1_699_999_200

    let recorder = Recorder()
    private var templates: [String: SpanTemplate] = [:]

    init() { recorder.sharedLabels = ["env": "shop"] }

    static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: start * 1_000_000_000 + Int64(seconds * 1e9)) }

    func request(
        _ second: Double, _ service: String = "ads", _ resource: String = "GET /ads", operation: String = "flask.request", status: Int = 200, milliseconds: Int64 = 20, times: Int = 1
    ) {
        let key = "\(service) \(resource) \(operation)"
        let template = templates[key] ?? SpanTemplate(
            service: ServiceIdentity(name: service, version: "1.0", environment: "shop"), name: operation, resource: resource, type: "web", kind: .server)
        templates[key] = template
        let end = Self.time(second)
        for _ in 0..<times {
            recorder.record(
                Span(
                    trace: TraceID(high: 0, low: 1), id: 1, parent: 0, template: template, start: Timestamp(nanoseconds: end.nanoseconds - milliseconds * 1_000_000),
                    durationNanoseconds: milliseconds * 1_000_000, status: status, isError: status >= 500))
        }
    }

    func count(_ name: String, _ amount: Double, at second: Double, labels: LabelSet = [:]) {
        recorder.advance(to: Self.time(second))
        recorder.metrics.add(amount, to: recorder.metrics.counter(name, help: "Counted.", labels: labels))
    }

    func gauge(_ name: String, _ value: Double, at second: Double, unit: String = "", labels: LabelSet = [:]) {
        recorder.advance(to: Self.time(second))
        recorder.metrics.set(recorder.metrics.gauge(name, help: "Seen.", unit: unit, labels: labels), to: value)
    }

    /// The points of each series, as seconds after the start.
    func evaluate(_ text: String, from: Int64 = 0, to: Int64 = 600) throws -> [[Int64: Double]] {
        try results(text, from: from, to: to).series.map { series in
            series.points.reduce(into: [:]) { $0[$1.time - Self.start] = $1.value }
        }
    }

    func results(_ text: String, from: Int64 = 0, to: Int64 = 600) throws -> SeriesResults {
        let query = try SeriesQuery.parse(text)
        let evaluator = SeriesEvaluator(recorder, now: Self.time(Double(to)))
        return try evaluator.evaluate(query.parts[0].expression, in: QueryWindow(from: Self.start + from, to: Self.start + to), of: query)
    }
}
