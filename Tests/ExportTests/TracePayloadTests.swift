import Base
import Telemetry
import Testing

@testable import Export

@Suite(.enabled(if: Python.hasMessagePack, "the Python package msgpack is not installed")) struct TracePayloadTests {
    private static let store = ServiceIdentity(
        name: "store", version: "1.1", environment: "shop", attributes: [Attribute("telemetry.sdk.language", "ruby")])
    private static let database = ServiceIdentity(name: "store-db", version: "1.1", environment: "shop")

    private func read(_ chunks: [TraceChunk], _ decision: PrioritySampler.Decision = PrioritySampler.Decision(priority: 1, rate: nil), shared: [Attribute] = []) throws -> [[Value]] {
        var payload = TracePayload(process: TracePayload.Process(runtimeID: "run-1", processID: 42), shared: shared)
        for chunk in chunks { payload.add(chunk, decision) }
        return try #require(try Python.readMessagePack(payload.take()).elements).map { $0.elements ?? [] }
    }

    /// A request with a wrapper around its handler, a query in another service and a failed call.
    private func sample() -> TraceChunk {
        let wrapper = SpanTemplate(service: Self.store, name: "rails.action_controller", resource: "Home#index", type: "web")
        let request = SpanTemplate(
            service: Self.store, name: "rack.request", resource: "Home#index", type: "web", kind: .server,
            attributes: [Attribute("component", "rack"), Attribute("http.method", "GET"), Attribute("code.line.number", 7)],
            companions: [SpanTemplate.Companion(wrapper, from: 0.1, to: 0.9, adoptsChildren: true)])
        let query = SpanTemplate(service: Self.database, name: "sqlite.query", resource: "SELECT 1", type: "sql", kind: .client)
        let call = SpanTemplate(service: Self.store, name: "http.request", resource: "GET", type: "http", kind: .client)
        func span(_ id: UInt64, _ parent: UInt64, _ template: SpanTemplate, _ detail: Span.Detail) -> Span {
            var span = Span.make(id, parent: parent, template)
            span.detail = detail
            return span
        }
        var failed = span(3, 1, call, .attributes([Attribute("server.address", "ads"), Attribute("url.path", "/ads"), Attribute("retries", 2)]))
        failed.isError = true
        failed.error = SpanError(type: "Net::ReadTimeout", message: "too slow", stack: "line 1\nline 2")
        var root = span(1, 0, request, .attributes([Attribute("url.path", "/")]))
        root.status = 200
        return TraceChunk([span(2, 1, query, .attributes([Attribute("db.row_count", 12)])), failed, root]) { _ in nil }
    }

    private func span(_ name: String, in trace: [Value]) throws -> Value { try #require(trace.first { $0["name"]?.text == name }) }

    @Test func `a span has all that an agent asks for`() throws {
        let trace = try #require(try read([sample()]).first)
        #expect(trace.count == 4)
        let root = trace[0]
        #expect(root["trace_id"]?.text == String(0xa3ce_929d_0e0e_4736 as UInt64) && root["span_id"] == 1 && root["parent_id"] == 0)
        #expect(root["name"] == "rack.request" && root["service"] == "store" && root["resource"] == "Home#index" && root["type"] == "web")
        #expect(root["start"]?.text == "1700000000000000000" && root["duration"] == 2_500_000 && root["error"] == 0)
        let meta = try #require(root["meta"])
        #expect(meta["env"] == "shop" && meta["version"] == "1.1" && meta["language"] == "ruby" && meta["span.kind"] == "server" && meta["component"] == "rack")
        #expect(meta["http.status_code"] == "200" && meta["http.method"] == "GET" && meta["http.url"] == "/")
        #expect(meta["_dd.p.tid"] == "4bf92f3577b34da6" && meta["_dd.p.dm"] == "-0" && meta["runtime-id"] == "run-1")
        let metrics = try #require(root["metrics"])
        #expect(metrics["_sampling_priority_v1"] == "float 1.0" && metrics["_dd.top_level"] == "float 1.0" && metrics["_dd.measured"] == "float 1.0")
        #expect(metrics["process_id"] == "float 42.0" && metrics["code.line.number"] == "float 7.0")
    }

    @Test func `companions hold the children, and services of their own say whom they serve`() throws {
        let trace = try #require(try read([sample()]).first)
        let controller = try span("rails.action_controller", in: trace)
        #expect(controller["parent_id"] == 1 && controller["metrics"]?["_dd.top_level"] == nil && controller["meta"]?["span.kind"] == nil)
        let query = try span("sqlite.query", in: trace)
        #expect(query["parent_id"] == controller["span_id"] && query["metrics"]?["db.row_count"] == "float 12.0")
        #expect(query["metrics"]?["_dd.top_level"] == "float 1.0" && query["meta"]?["_dd.base_service"] == "store" && query["meta"]?["_dd.p.tid"] == nil)
        let call = try span("http.request", in: trace)
        #expect(call["error"] == 1 && call["metrics"]?["_dd.top_level"] == nil && call["metrics"]?["_dd.measured"] == "float 1.0" && call["metrics"]?["retries"] == "float 2.0")
        #expect(call["meta"]?["error.type"] == "Net::ReadTimeout" && call["meta"]?["error.message"] == "too slow" && call["meta"]?["error.stack"] == "line 1\nline 2")
        #expect(call["meta"]?["out.host"] == "ads" && call["meta"]?["http.url"] == "/ads" && call["meta"]?["_dd.base_service"] == nil)
    }

    @Test func `what another tracer decided and told is passed on`() throws {
        let context = TraceContext(
            trace: TraceID(high: 0, low: 9), parent: 5, priority: 2, origin: "rum", propagationTags: [TraceContext.BaggageItem(key: "dm", value: "-4")],
            links: [TraceContext.Link(trace: TraceID(high: 0xab, low: 0xcd), span: 3)])
        var root = Span.make(1, parent: 5)
        root.trace = context.trace
        root.detail = .http(HTTPFacts(method: "GET", target: "/x", attributes: [Attribute("url.path", "/x")], arrival: Span.Arrival(context)))
        let query = Span(trace: root.trace, id: 2, parent: 1, template: .make("q", kind: .client), start: root.start, durationNanoseconds: 1)
        let trace = try #require(try read([TraceChunk([query, root]) { _ in nil }], PrioritySampler.Decision(priority: 2, rate: nil)).first)
        #expect(trace[0]["metrics"]?["_sampling_priority_v1"] == "float 2.0" && trace[0]["meta"]?["_dd.p.dm"] == "-4" && trace[0]["meta"]?["http.url"] == "/x")
        #expect(trace.map { $0["meta"]?["_dd.origin"] } == ["rum", "rum"] && trace[0]["meta"]?["_dd.p.tid"] == nil)
        let link = try #require(trace[0]["span_links"]?["0"])
        #expect(link["trace_id"] == 0xcd && link["trace_id_high"] == 0xab && link["span_id"] == 3 && link["attributes"]?["reason"] == "terminated_context")
        #expect(trace[1]["span_links"] == nil)
    }

    @Test func `a rate of the agent is told, and who decided only when the trace is kept`() throws {
        let kept = try read([sample()], PrioritySampler.Decision(priority: 1, rate: 0.5))[0][0]
        #expect(kept["metrics"]?["_dd.agent_psr"] == "float 0.5" && kept["meta"]?["_dd.p.dm"] == "-1")
        let dropped = try read([sample()], PrioritySampler.Decision(priority: 0, rate: 0.5))[0][0]
        #expect(dropped["metrics"]?["_sampling_priority_v1"] == "float 0.0" && dropped["meta"]?["_dd.p.dm"] == nil)
    }

    @Test func `a span's own tag stands in place of its kind's`() throws {
        let template = SpanTemplate.make(attributes: [Attribute("http.method", "GET"), Attribute("tier", "web")])
        var root = Span.make(1, template)
        root.detail = .attributes([Attribute("http.request.method", "POST"), Attribute("version", "9")])
        let meta = try #require(try read([TraceChunk([root]) { _ in nil }], shared: [Attribute("team", "web")])[0][0]["meta"])
        #expect(meta["http.method"] == "POST" && meta["tier"] == "web" && meta["version"] == "9" && meta["env"] == "test" && meta["team"] == "web")
    }

    @Test func `a huge trace comes in pieces, each with what an agent needs of a piece`() throws {
        let template = SpanTemplate.make("work", kind: .internal)
        var spans = (2...6_001).map { Span.make(UInt64($0), parent: 1, template) }
        spans.append(Span.make(1))
        let traces = try read([TraceChunk(spans) { _ in nil }])
        #expect(traces.map(\.count) == [5_000, 1_001])
        #expect(traces.allSatisfy { $0[0]["metrics"]?["_sampling_priority_v1"] == "float 1.0" && $0[0]["meta"]?["_dd.p.tid"] == "4bf92f3577b34da6" })
    }

    @Test func `long resources are cut, and an empty one is the operation`() throws {
        var long = Span.make(1)
        long.resource = String(repeating: "ü", count: 4_000)
        let empty = Span.make(2, .make(resource: ""))
        let traces = try read([TraceChunk([long]) { _ in nil }, TraceChunk([empty]) { _ in nil }])
        #expect(traces[0][0]["resource"]?.text == String(repeating: "ü", count: 2_500))
        #expect(traces[1][0]["resource"] == "flask.request")
    }

    @Test func `a child of what was sent before hangs under its companion`() throws {
        let late = Span.make(8, parent: 1, .make("query", service: Self.store, kind: .client))
        let chunk = TraceChunk([late]) { $0 == 1 ? TraceAssembler.Parent(service: "store", adopter: 77) : nil }
        let span = try read([chunk])[0][0]
        #expect(span["parent_id"] == 77 && span["metrics"]?["_dd.top_level"] == nil)
    }
}
