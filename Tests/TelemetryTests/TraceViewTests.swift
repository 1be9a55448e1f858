import Base
import Testing

@testable import Telemetry

@Suite struct TraceViewTests {
    /// Two traces: a store that calls ads with one query, and a slow ads request that fails.
    private func recorder() -> Recorder {
        let recorder = Recorder()
        let store = SpanTemplate.make(service: .make("store"), name: "rack.request", resource: "GET /")
        let call = SpanTemplate.make(service: .make("store"), name: "http.request", resource: "GET", type: "http", kind: .client)
        let ads = SpanTemplate.make(attributes: [Attribute("http.method", "GET")])
        let query = SpanTemplate.make(name: "postgres.query", resource: "SELECT * FROM ads", type: "sql", kind: .client)
        recorder.record(Span.make(trace: 10, id: 4, parent: 3, query, start: 30, duration: 20))
        recorder.record(Span.make(trace: 10, id: 3, parent: 2, ads, start: 20, duration: 50, status: 200))
        recorder.record(Span.make(trace: 10, id: 2, parent: 1, call, start: 10, duration: 70, status: 200))
        recorder.record(Span.make(trace: 10, id: 1, store, start: 0, duration: 100, status: 200))
        let error = SpanError(type: "AdsError", message: "no ads")
        recorder.record(
            Span.make(trace: 11, id: 5, ads, start: 1_000, duration: 9_000, status: 500, isError: true, attributes: [Attribute("user", 7)], error: error))
        return recorder
    }

    private func found(_ search: TraceSearch) -> [UInt64] { TraceView(of: recorder()).traces(matching: search).map(\.id.low) }

    @Test func `finds by service, newest first`() {
        #expect(found(TraceSearch(service: "ads")) == [11, 10])
        #expect(found(TraceSearch(service: "store")) == [10])
        #expect(found(TraceSearch(service: "nobody")) == [])
        #expect(found(TraceSearch(limit: 1)) == [11])
    }

    @Test(arguments: [("flask.request", [11, 10] as [UInt64]), ("GET /ads", [11, 10]), ("SELECT * FROM ads", [10]), ("GET /", [])])
    func `finds by operation or resource on the same span as the service`(operation: String, expected: [UInt64]) {
        #expect(found(TraceSearch(service: "ads", operation: operation)) == expected)
    }

    @Test(arguments: [
        ("http.method", "GET", [11, 10] as [UInt64]), ("user", "7", [11]), ("error", "true", [11]), ("error.type", "AdsError", [11]),
        ("http.status_code", "200", [10]), ("version", "1.0", [11, 10]), ("user", "8", []),
    ])
    func `finds by tag`(name: String, value: String, expected: [UInt64]) {
        #expect(found(TraceSearch(tags: [(name, value)])) == expected)
    }

    @Test func `finds by time and duration`() {
        #expect(found(TraceSearch(minimumDuration: .milliseconds(5))) == [11])
        #expect(found(TraceSearch(maximumDuration: .microseconds(20))) == [10])
        #expect(found(TraceSearch(from: Timestamp(nanoseconds: 500_000))) == [11])
        #expect(found(TraceSearch(to: Timestamp(nanoseconds: 500_000))) == [10])
    }

    @Test func `in simulated time, where all can start at once, a span comes before those below it and companions keep their order`() {
        let wrapper = SpanTemplate.Companion(.make(name: "wrapper"), from: 0.5, to: 0.5, adoptsChildren: true)
        let recorder = Recorder()
        let request = SpanTemplate.make(name: "request", companions: [SpanTemplate.Companion(.make(name: "before"), from: 0, to: 0.5), wrapper])
        for (name, id, parent) in [("inner", 3, 2), ("outer", 2, 1), ("next", 4, 1)] {
            recorder.record(Span.make(trace: 7, id: UInt64(id), parent: UInt64(parent), .make(name: name), start: 0, duration: 0))
        }
        recorder.record(Span.make(trace: 7, id: 1, request, start: 0, duration: 0))
        let names = TraceView(of: recorder).trace("7")?.spans.map(\.template.name)
        #expect(names == ["request", "before", "wrapper", "outer", "next", "inner"])
    }

    @Test func `identifiers that form a circle do no harm`() {
        let recorder = Recorder()
        for (id, parent) in [(1, 2), (2, 3), (3, 1), (4, 4), (5, 3)] {
            recorder.record(Span.make(trace: 7, id: UInt64(id), parent: UInt64(parent), .make(), start: 0, duration: 0))
        }
        #expect(TraceView(of: recorder).trace("7")?.spans.count == 5)
    }

    @Test func `one trace comes in the order of its starts`() throws {
        let trace = try #require(TraceView(of: recorder()).trace(TraceID(high: 0, low: 10)))
        #expect(trace.spans.map(\.id) == [1, 2, 3, 4])
        #expect(trace.duration == .microseconds(100))
    }

    @Test func `a trace is found by long, short and decimal identifiers`() {
        let recorder = Recorder()
        let id = TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736)
        var span = Span.make()
        span.trace = id
        recorder.record(span)
        let view = TraceView(of: recorder)
        for text in ["4bf92f3577b34da6a3ce929d0e0e4736", "4BF92F3577B34DA6A3CE929D0E0E4736", "a3ce929d0e0e4736", "11803532876627986230"] {
            #expect(view.trace(text)?.id == id, "\(text)")
        }
        for text in ["", "0", "xyz", "a3ce929d0e0e4737"] { #expect(view.trace(text) == nil, "\(text)") }
    }

    @Test func `services, operations and dependencies`() {
        let view = TraceView(of: recorder())
        #expect(view.services == ["ads", "store"])
        #expect(view.operations(of: "ads").map(\.name) == ["GET /ads", "SELECT * FROM ads"])
        #expect(view.operations(of: "store").map(\.kind) == [.client, .server].filter { _ in true })
        #expect(view.dependencies() == [TraceView.Dependency(parent: "store", child: "ads", callCount: 1)])
        #expect(view.dependencies(from: Timestamp(nanoseconds: 25_000)) == [])
    }

    @Test func `spans recorded after a question are in the next answer`() {
        let recorder = recorder()
        let view = TraceView(of: recorder)
        #expect(view.services == ["ads", "store"])
        #expect(view.trace(TraceID(high: 0, low: 12)) == nil)
        recorder.record(Span.make(trace: 12, id: 9, .make(service: .make("discounts"))))
        #expect(view.trace(TraceID(high: 0, low: 12)) != nil)
        #expect(view.services == ["ads", "discounts", "store"])
    }

    @Test func `self time leaves out what children cover, once`() throws {
        let spans = [
            Span.make(id: 1, start: 0, duration: 100), Span.make(id: 2, parent: 1, start: 10, duration: 30),
            Span.make(id: 3, parent: 1, start: 20, duration: 30), Span.make(id: 4, parent: 2, start: 12, duration: 5),
            Span.make(id: 5, parent: 1, start: 90, duration: 50),
        ]
        let tree = TraceTree(Trace(id: TraceID(high: 0, low: 1), spans: spans))
        #expect(tree.selfTime(of: 0) == .microseconds(50))
        #expect(tree.descendants(of: 0).count == 4)
        #expect(tree.descendants(of: 3).isEmpty)
    }

    @Test func `a circle of parents ends`() {
        let spans = [Span.make(id: 1, parent: 2), Span.make(id: 2, parent: 1)]
        let tree = TraceTree(Trace(id: TraceID(high: 0, low: 1), spans: spans))
        #expect(tree.descendants(of: 0) == [1])
    }
}
