import Base
import Testing

@testable import Telemetry

@Suite struct RecorderTests {
    @Test func `keeps the newest spans and counts the forgotten ones`() {
        let recorder = Recorder(limits: Recorder.Limits(spans: 3, logs: 2, events: 1))
        let template = SpanTemplate.make()
        for id in 1...5 { recorder.record(Span.make(id: UInt64(id), template)) }
        #expect(recorder.spans().elements.map(\.id) == [3, 4, 5])
        #expect(recorder.drops == Recorder.Drops(spans: 2, logs: 0, events: 0))
    }

    @Test func `a reader goes on where it stopped and learns what it missed`() {
        let recorder = Recorder(limits: Recorder.Limits(spans: 3))
        let template = SpanTemplate.make()
        recorder.record(Span.make(id: 1, template))
        let first = recorder.spans(since: 0)
        #expect(first.next == 1)
        for id in 2...6 { recorder.record(Span.make(id: UInt64(id), template)) }
        let second = recorder.spans(since: first.next)
        #expect(second.elements.map(\.id) == [4, 5, 6])
        #expect(second.missed == 2)
        #expect(recorder.spans(since: second.next).elements.isEmpty)
    }

    @Test func `a limited reading ends early and the next one continues`() {
        let recorder = Recorder()
        for id in 1...5 { recorder.record(Span.make(id: UInt64(id))) }
        let first = recorder.spans(since: 0, limit: 2)
        #expect(first.elements.map(\.id) == [1, 2])
        #expect(recorder.spans(since: first.next, limit: 9).elements.map(\.id) == [3, 4, 5])
    }

    @Test func `reset forgets everything but leaves readers' positions valid`() {
        let recorder = Recorder()
        recorder.record(Span.make(id: 1))
        let position = recorder.nextSpan
        recorder.reset()
        #expect(recorder.spans().elements.isEmpty)
        #expect(recorder.metricFamilies().isEmpty)
        recorder.record(Span.make(id: 2))
        #expect(recorder.spans(since: position).elements.map(\.id) == [2])
    }

    @Test(arguments: [(Instrumentation.none, 0, 0, 0), (.infrastructure, 0, 1, 1), (.full, 1, 1, 1)])
    func `each level records its share`(level: Instrumentation, spans: Int, logs: Int, metrics: Int) {
        let recorder = Recorder(level: level)
        let counter = recorder.metrics.counter("orders", help: "Orders.")
        recorder.record(Span.make())
        recorder.record(LogRecord.make("hello"))
        recorder.record(Event(time: Timestamp(nanoseconds: 0), service: "ads", kind: "deployment", title: "1.1"))
        recorder.metrics.add(to: counter)
        #expect(recorder.spanCount == spans)
        #expect(recorder.logCount == logs)
        #expect(recorder.eventCount == logs)
        #expect(recorder.metricFamilies().filter { $0.name == "orders" }.count == metrics)
    }

    @Test func `request statistics outlive the spans they count`() throws {
        let recorder = Recorder(limits: Recorder.Limits(spans: 10))
        let template = SpanTemplate.make()
        for id in 1...1_000 { recorder.record(Span.make(id: UInt64(id), template, duration: 20_000, status: 200, isError: id % 4 == 0)) }
        let families = recorder.metricFamilies()
        #expect(families.map(\.name) == ["trace.flask.request.hits", "trace.flask.request.errors", "trace.flask.request.duration"])
        #expect(families[0].points.map(\.value) == [.number(1_000)])
        #expect(families[1].points.map(\.value) == [.number(250)])
        #expect(families[0].points[0].labels["resource_name"] == "GET /ads")
        #expect(families[0].points[0].labels["http.status_code"] == "200")
        guard case .distribution(let duration) = families[2].points[0].value else { Issue.record("not a distribution"); return }
        #expect(abs(duration.sum - 20) < 1e-9)
        #expect(duration.buckets[2] == 1_000)
    }

    @Test func `two templates with the same labels count into one series`() {
        let recorder = Recorder()
        recorder.record(Span.make(id: 1, .make()))
        recorder.record(Span.make(id: 2, .make()))
        #expect(recorder.metricFamilies()[0].points.map(\.value) == [.number(2)])
    }

    @Test func `a mistake with endless resources stays bounded`() {
        let recorder = Recorder()
        let template = SpanTemplate.make()
        for id in 1...5_000 { recorder.record(Span.make(id: UInt64(id), template, resource: "GET /\(id)")) }
        #expect(recorder.metricFamilies()[0].points.count == RequestStatistics.seriesLimit)
    }
}
