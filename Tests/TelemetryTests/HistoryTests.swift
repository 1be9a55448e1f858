import Base
import Testing

@testable import Telemetry

@Suite struct HistoryTests {
    private static let start: Int64 = 1_700_000_000

    private func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: Self.start * 1_000_000_000 + Int64(seconds * 1e9)) }

    /// A span that ends `second` seconds after the start.
    private func span(endingAt second: Double, milliseconds: Int64 = 20, _ template: SpanTemplate = .make(), status: Int = 200, isError: Bool = false) -> Span {
        Span(
            trace: TraceID(high: 0, low: 1), id: 1, parent: 0, template: template, start: Timestamp(nanoseconds: time(second).nanoseconds - milliseconds * 1_000_000),
            durationNanoseconds: milliseconds * 1_000_000, status: status, isError: isError)
    }

    private func counts(_ series: MetricTimeSeries?) -> [[Int64: Double]]? {
        series?.series.map { $0.points.reduce(into: [:]) { if case .count(let number) = $1.value { $0[$1.start - Self.start, default: 0] += number } } }
    }

    @Test func `requests fall into the stretch in which they ended`() throws {
        let recorder = Recorder()
        let template = SpanTemplate.make()
        for (second, isError) in [(1, false), (9.99, true), (10, false), (45, false), (49, true)] as [(Double, Bool)] {
            recorder.record(span(endingAt: second, template, isError: isError))
        }
        #expect(counts(recorder.timeSeries("trace.flask.request.hits", now: time(50))) == [[0: 2, 10: 1, 40: 2]])
        #expect(counts(recorder.timeSeries("trace.flask.request.errors", now: time(50))) == [[0: 1, 40: 1]])
        let total = try #require(counts(recorder.timeSeries("trace.flask.request.duration", now: time(50)))?.first)
        #expect(abs(total[40]! - 0.04) < 1e-9)
        let durations = try #require(recorder.timeSeries("trace.flask.request", now: time(50)))
        #expect(durations.kind == .distribution && durations.unit == "s")
        #expect(durations.series[0].labels["resource_name"] == "GET /ads" && durations.series[0].labels["version"] == "1.0")
        guard case .distribution(let sketch) = durations.series[0].points[0].value else { Issue.record("no distribution"); return }
        #expect(sketch.count == 2 && sketch.maximum == 0.02)
    }

    @Test func `counting by HTTP status adds the class and leaves out what has none`() {
        let recorder = Recorder()
        let template = SpanTemplate.make()
        recorder.record(span(endingAt: 1, template, status: 200))
        recorder.record(span(endingAt: 1, template, status: 503, isError: true))
        recorder.record(span(endingAt: 1, template, status: 0))
        let hits = recorder.timeSeries("trace.flask.request.hits.by_http_status", now: time(2))
        #expect(hits?.series.map { $0.labels["http.status_class"] } == ["2xx", "5xx"])
        let errors = recorder.timeSeries("trace.flask.request.errors.by_http_status", now: time(2))
        #expect(errors?.series.map { $0.labels["http.status_code"] } == ["503"])
    }

    @Test func `deployments of one version are one series`() {
        let recorder = Recorder()
        recorder.record(span(endingAt: 1, .make()))
        recorder.record(span(endingAt: 2, .make()))
        recorder.record(span(endingAt: 12, .make()))
        #expect(counts(recorder.timeSeries("trace.flask.request.hits", now: time(20))) == [[0: 2, 10: 1]])
    }

    @Test func `what a counter was given before a stretch ended belongs to it`() {
        let recorder = Recorder()
        let orders = recorder.metrics.counter("orders", help: "Orders.")
        for (second, amount) in [(1, 2), (4, 1), (31, 5)] as [(Double, Double)] {
            recorder.advance(to: time(second))
            recorder.metrics.add(amount, to: orders)
        }
        #expect(counts(recorder.timeSeries("orders", now: time(65))) == [[0: 3, 30: 5]])
        // Reading changed nothing.
        #expect(counts(recorder.timeSeries("orders", now: time(66))) == [[0: 3, 30: 5]])
    }

    @Test func `a gauge shows what it was when it was looked at`() throws {
        let recorder = Recorder()
        let used = recorder.metrics.gauge("used", help: "Used.")
        recorder.advance(to: time(0.1))
        recorder.metrics.set(used, to: 4)
        recorder.advance(to: time(10.1))
        recorder.metrics.set(used, to: 7)
        recorder.advance(to: time(40.1))
        let points = try #require(recorder.timeSeries("used", now: time(41))?.series.first?.points)
        #expect(points.map { $0.start - Self.start } == [0, 30, 40])
        #expect(points.map { point -> Double in if case .gauge(let gauge) = point.value { gauge.last } else { -1 } } == [4, 7, 7])
    }

    @Test func `a histogram's stretch holds what was observed in it`() throws {
        let recorder = Recorder()
        let latency = recorder.metrics.histogram("latency", help: "Latency.", bounds: [0.1, 1])
        recorder.advance(to: time(0))
        for value in [0.05, 0.5] { recorder.metrics.observe(value, in: latency) }
        recorder.advance(to: time(11))
        recorder.metrics.observe(0.7, in: latency)
        let points = try #require(recorder.timeSeries("latency", now: time(12))?.series.first?.points)
        #expect(points.map { $0.start - Self.start } == [0, 10])
        guard case .distribution(let first) = points[0].value, case .distribution(let second) = points[1].value else { Issue.record("no distributions"); return }
        #expect(first.count == 2 && abs(first.sum - 0.55) < 1e-12 && second.count == 1 && abs(second.sum - 0.7) < 1e-12)
    }

    @Test func `older points are merged into longer stretches, and nothing is lost`() throws {
        let recorder = Recorder()
        let template = SpanTemplate.make()
        let days = 3
        for step in 0..<(days * 8_640) { recorder.record(span(endingAt: Double(step * 10) + 5, template)) }
        let now = time(Double(days * 86_400))
        let all = try #require(recorder.timeSeries("trace.flask.request.hits", now: now))
        let points = all.series[0].points
        #expect(points.count < 1_200)
        let total = points.reduce(0.0) { sum, point in if case .count(let number) = point.value { sum + number } else { sum } }
        #expect(total == Double(days * 8_640))
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.start < $1.start })
        #expect(all.stretch == 3_600)
        // The newest hour is known to 10 s.
        #expect(try #require(recorder.timeSeries("trace.flask.request.hits", from: now.seconds - 3_600, now: now)).stretch == 10)
    }

    @Test func `the memory has a limit, and the newest points are kept`() throws {
        let recorder = Recorder(limits: Recorder.Limits(history: 20_000))
        let templates = (0..<50).map { SpanTemplate.make(resource: "GET /\($0)") }
        for step in 0..<300 { for template in templates { recorder.record(span(endingAt: Double(step * 10) + 5, milliseconds: Int64(step % 7 + 1), template)) } }
        let series = try #require(recorder.timeSeries("trace.flask.request.hits", now: time(3_000)))
        #expect(recorder.statistics.historyCost <= 20_000)
        #expect(series.series.count == 50)
        #expect(series.series.allSatisfy { $0.points.last?.start == Self.start + 2_990 && $0.points.count > 10 && $0.points.count < 300 })
    }

    @Test func `names are listed, and a reset forgets the past`() {
        let recorder = Recorder()
        recorder.metrics.add(to: recorder.metrics.counter("orders", help: "Orders."))
        recorder.record(span(endingAt: 1))
        #expect(
            recorder.timeSeriesNames() == [
                "orders", "trace.flask.request", "trace.flask.request.duration", "trace.flask.request.errors", "trace.flask.request.errors.by_http_status",
                "trace.flask.request.hits", "trace.flask.request.hits.by_http_status",
            ])
        #expect(recorder.timeSeries("trace.flask.request.hit", now: time(2)) == nil)
        recorder.reset()
        #expect(recorder.timeSeries("orders", now: time(3))?.series.isEmpty == true)
        #expect(recorder.timeSeries("trace.flask.request.hits", now: time(3)) == nil)
    }

    @Test func `nothing is kept for those who record nothing`() {
        let recorder = Recorder(level: .none)
        recorder.record(span(endingAt: 1))
        recorder.advance(to: time(20))
        #expect(recorder.timeSeriesNames().isEmpty && recorder.timeSeries("trace.flask.request.hits", now: time(20)) == nil)
    }
}
