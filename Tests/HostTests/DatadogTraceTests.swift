import Base
import Foundation
import HTTP
import Telemetry
import Testing

@testable import Host

/// Storedog and Datadog's own test agent, over sockets.
@Suite(.enabled(if: DatadogAgent.isInstalled, DatadogAgent.absence), .serialized) struct DatadogTraceTests {
    private static func visit(
        state: String, instrumentation: Instrumentation? = nil, environment: [String: String] = [:], overSocket: Bool = false,
        _ body: @escaping @Sendable (Guest, DatadogAgent) async throws -> Void
    ) throws {
        let agent = try DatadogAgent()
        defer { agent.stop() }
        let folder = try PackFolder()
        var configuration = folder.configuration(state: state) {
            $0.shops[0].pack = "storedog"
            $0.instrumentation = instrumentation
            $0.environment = ["DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": "\(agent.port)", "DD_ENV": "workshop"].merging(environment) { $1 }
        }
        if overSocket { configuration.environment["DD_TRACE_AGENT_URL"] = "unix://\(agent.socket)" }
        try Guest.visit(configuration) { guest in
            try await agent.waitUntilReady(guest)
            try await body(guest, agent)
        }
    }

    /// The traces that the agent has when the last of these requests has come: one for each.
    private static func traces(of requests: [(service: String, path: String)], _ guest: Guest, _ agent: DatadogAgent) async throws -> [[Value]] {
        for request in requests { _ = try await guest.get(request.service, request.path) }
        let count = requests.count
        let haveCome = try await guest.eventually { try await agent.traces(guest.client).count >= count }
        #expect(haveCome)
        return try await agent.traces(guest.client)
    }

    private static func metric(_ span: Value, _ name: String) -> Double? { span["metrics"]?[name]?.number }

    /// `parent > service operation resource error` of each span, with places in place of identifiers.
    private static func structure(_ trace: [Value]) -> Set<String> {
        func text(_ span: Value) -> String { "\(span["service"]?.text ?? "") \(span["name"]?.text ?? "") \(span["resource"]?.text ?? "")" }
        let spans = Dictionary(trace.map { ($0["span_id"]?.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        return Set(trace.map { span in
            let parent = spans[span["parent_id"]?.text ?? ""].map(text) ?? "-"
            return "\(parent) > \(text(span)) \(span["span_id"]?.text ?? "") \(span["error"] == 1) \(span["start"]?.text.dropLast(3) ?? "") \(span["duration"].flatMap(\.integer).map { $0 / 1_000 } ?? -1)"
        })
    }

    /// The same, from the API of Jaeger's kind.
    private static func structure(jaeger trace: Value) throws -> Set<String> {
        let spans = try #require(trace["spans"]?.elements)
        let processes = try #require(trace["processes"])
        func tag(_ span: Value, _ name: String) -> String { span["tags"]?.elements?.first { $0["key"]?.text == name }?["value"]?.text ?? "" }
        func text(_ span: Value) -> String {
            "\(processes[span["processID"]?.text ?? ""]?["serviceName"]?.text ?? "") \(tag(span, "operation.name")) \(tag(span, "resource.name"))"
        }
        let known = Dictionary(spans.map { ($0["spanID"]?.text ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        return Set(try spans.map { span in
            let parent = known[span["references"]?["0"]?["spanID"]?.text ?? ""].map(text) ?? "-"
            let id = try #require(UInt64(span["spanID"]?.text ?? "", radix: 16))
            return "\(parent) > \(text(span)) \(id) \(tag(span, "error") == "true") \(span["startTime"]?.text ?? "") \(span["duration"]?.integer ?? -2)"
        })
    }

    @Test(arguments: [("broken", true), ("fixed", false)]) func `the agent gets the traces that our own API shows`(state: String, isBroken: Bool) throws {
        try Self.visit(state: state) { guest, agent in
            let requests = [("store-frontend", "/"), ("store-frontend", "/cart"), ("discounts-service", "/discount")]
            let traces = try await Self.traces(of: requests.map { (service: $0.0, path: $0.1) }, guest, agent)
            for trace in traces {
                let root = trace[0]
                let id = try #require(root["trace_id"]?.text)
                let shown = try #require(try await guest.observe("/api/traces/\(id)").json["data"]?["0"])
                let expected = try Self.structure(jaeger: shown)
                #expect(Self.structure(trace) == expected)
                #expect(shown["traceID"]?.text == (root["meta"]?["_dd.p.tid"]?.text ?? "") + (UInt64(id).map(\.hex) ?? ""))
                #expect(Self.metric(root, "_sampling_priority_v1") == 1 && Self.metric(root, "_dd.top_level") == 1 && root["parent_id"] == 0)
                #expect(trace.allSatisfy { $0["meta"]?["env"] == "workshop" || $0["meta"]?["env"] == nil })
            }
            func trace(_ resource: String) throws -> [Value] { try #require(traces.first { $0[0]["resource"]?.text == resource }) }
            let home = try trace("Spree::HomeController#index")
            let services = Set(home.compactMap { $0["service"]?.text })
            #expect(services.isSuperset(of: ["store-frontend", "store-frontend-sqlite", "discounts-service", "advertisements-service", "postgres"]))
            #expect((home.count { $0["name"] == "postgres.query" } > 50) == isBroken)
            let tops = home.filter { Self.metric($0, "_dd.top_level") == 1 }
            #expect(tops.contains { $0["name"] == "flask.request" && $0["service"] == "discounts-service" } && !tops.contains { $0["name"] == "flask.dispatch_request" })
            let cart = try trace("Spree::OrdersController#edit")
            #expect((cart[0]["error"] == 1) == isBroken && cart[0]["meta"]?["http.status_code"]?.text == (isBroken ? "500" : "200"))
            #expect((cart[0]["meta"]?["error.type"] == "ActionView::Template::Error") == isBroken && (cart[0]["meta"]?["error.stack"] != nil) == isBroken)
            try await Self.expectNoComplaint(guest, agent)
        }
    }

    private static func expectNoComplaint(_ guest: Guest, _ agent: DatadogAgent) async throws {
        let failures = try await agent.failures(guest.client)
        #expect(failures.status == 200, "\(failures.text)")
        let summary = try await agent.summary(guest.client)
        for check in ["trace_count_header", "meta_tracer_version_header", "trace_content_length", "meta_events_is_valid_json"] {
            #expect((summary[check]?["Passed_Checks"]?.integer ?? 0) > 0 && summary[check]?["Failed_Checks"] == 0, "\(check)")
        }
    }

    @Test func `requests carry a tracer's headers and a length`() throws {
        try Self.visit(state: "fixed") { guest, agent in
            _ = try await Self.traces(of: [("discounts-service", "/discount")], guest, agent)
            let sent = try #require(try await agent.requests(guest.client).first { $0["url"]?.text.hasSuffix("/v0.4/traces") == true })
            #expect(sent["method"] == "PUT")
            let headers = try #require(sent["headers"])
            #expect(headers["Content-Type"] == "application/msgpack" && headers["X-Datadog-Trace-Count"] == "1" && headers["Datadog-Client-Computed-Top-Level"] == "yes")
            #expect(headers["Content-Length"] != nil && headers["Transfer-Encoding"] == nil && headers["Expect"] == nil)
        }
    }

    @Test func `a Unix socket is as good as a port`() throws {
        try Self.visit(state: "fixed", environment: ["DD_TRACE_AGENT_PORT": "1"], overSocket: true) { guest, agent in
            let traces = try await Self.traces(of: [("discounts-service", "/discount")], guest, agent)
            #expect(traces.count == 1)
        }
    }

    @Test func `the agent's rates for a service are applied`() throws {
        try Self.visit(state: "fixed") { guest, agent in
            try await agent.setRates(#"{"service:discounts-service,env:workshop":0.0,"service:,env:":1.0}"#, guest.client)
            let before = try await Self.traces(of: [("discounts-service", "/discount")], guest, agent)
            #expect(Self.metric(before[0][0], "_sampling_priority_v1") == 1 && Self.metric(before[0][0], "_dd.agent_psr") == nil)
            _ = try await guest.get("discounts-service", "/discount-code?discount_code=none")
            _ = try await guest.get("advertisements-service", "/ads")
            let haveCome = try await guest.eventually { try await agent.traces(guest.client).count == 3 }
            #expect(haveCome)
            let roots = try await agent.traces(guest.client).map { $0[0] }
            let dropped = try #require(roots.first { $0["resource"] == "GET /discount-code" })
            let kept = try #require(roots.first { $0["service"] == "advertisements-service" })
            #expect(Self.metric(dropped, "_sampling_priority_v1") == 0 && Self.metric(dropped, "_dd.agent_psr") == 0 && dropped["meta"]?["_dd.p.dm"] == nil)
            #expect(Self.metric(kept, "_sampling_priority_v1") == 1 && Self.metric(kept, "_dd.agent_psr") == 1 && kept["meta"]?["_dd.p.dm"] == "-1")
        }
    }

    @Test func `a browser's trace goes on with its identifiers, its origin and its decision`() throws {
        try Self.visit(state: "fixed") { guest, agent in
            let headers: Headers = [
                "x-datadog-trace-id": "4803532876627986230", "x-datadog-parent-id": "67667974448284343", "x-datadog-sampling-priority": "2", "x-datadog-origin": "rum",
                "x-datadog-tags": "_dd.p.tid=66f0c1a200000000,_dd.p.dm=-3", "traceparent": "00-00000000000000000000000000000abc-00000000000000ff-01",
            ]
            _ = try await guest.client.send(ClientRequest(url: try await guest.url("advertisements-service") + "/ads", headers: headers, timeout: .seconds(20)))
            let hasCome = try await guest.eventually { try await agent.traces(guest.client).count == 1 }
            #expect(hasCome)
            let trace = try await agent.traces(guest.client)[0]
            let root = trace[0]
            #expect(root["trace_id"]?.text == "4803532876627986230" && root["parent_id"]?.text == "67667974448284343")
            #expect(Self.metric(root, "_sampling_priority_v1") == 2 && root["meta"]?["_dd.p.tid"] == "66f0c1a200000000" && root["meta"]?["_dd.p.dm"] == "-3")
            #expect(trace.allSatisfy { $0["meta"]?["_dd.origin"] == "rum" } && trace.count > 5)
            #expect(root["span_links"]?["0"]?["trace_id"]?.integer == 0xabc && Self.metric(root, "_dd.top_level") == 1)
            try await Self.expectNoComplaint(guest, agent)
        }
    }

    @Test(arguments: [(Instrumentation.none, 0), (.infrastructure, 0), (.full, 1)]) func `a host that stops has sent what its level allows`(level: Instrumentation, count: Int) throws {
        let agent = try DatadogAgent()
        defer { agent.stop() }
        let configuration = try PackFolder().configuration(state: "broken") {
            $0.shops[0].pack = "storedog"
            $0.instrumentation = level
            $0.environment = ["DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": "\(agent.port)"]
        }
        try Guest.visit(configuration) { guest in
            try await agent.waitUntilReady(guest)
            _ = try await guest.get("discounts-service", "/discount")
        }
        let loop = try EventLoop()
        try loop.run {
            let client = Client(loop: loop)
            defer { client.close() }
            let traces = try await agent.traces(client)
            #expect(traces.count == count)
        }
    }

    @Test func `services over the network make the same traces`() throws {
        let agent = try DatadogAgent()
        defer { agent.stop() }
        let configuration = try PackFolder().configuration(state: "fixed") {
            $0.shops[0].pack = "storedog"
            $0.mesh = .http
            $0.environment = ["DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": "\(agent.port)"]
        }
        try Guest.visit(configuration) { guest in
            try await agent.waitUntilReady(guest)
            let traces = try await Self.traces(of: [("store-frontend", "/")], guest, agent)
            #expect(traces.count == 1 && Set(traces[0].compactMap { $0["service"]?.text }).contains("discounts-service"))
            let requests = traces[0].filter { $0["name"] == "flask.request" }
            let calls = Set(traces[0].filter { $0["name"] == "http.request" }.compactMap { $0["span_id"]?.text })
            #expect(!requests.isEmpty && requests.allSatisfy { calls.contains($0["parent_id"]?.text ?? "") })
        }
    }
}
