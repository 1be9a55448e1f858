import Base
import Telemetry
import Testing

@testable import Export

@Suite struct XRayExporterTests {
    @Test(arguments: [
        ("127.0.0.1:2000", "127.0.0.1", 2_000), ("xray-service:2001", "xray-service", 2_001), ("tcp:10.0.0.1:2000 udp:10.0.0.2:2001", "10.0.0.2", 2_001),
        ("udp:localhost:3000 tcp:localhost:3001", "localhost", 3_000), ("[::1]:2000", "::1", 2_000),
    ])
    func `addresses of a daemon`(text: String, host: String, port: Int) throws {
        let (configuration, warnings) = XRayConfiguration.parse(["AWS_XRAY_DAEMON_ADDRESS": text])
        #expect(configuration?.host == host && configuration?.port == port && warnings.isEmpty)
    }

    @Test func `without a daemon nothing is sent, and a wrong address is named`() {
        #expect(XRayConfiguration.parse([:]) == (nil, []))
        #expect(XRayConfiguration.parse(["AWS_XRAY_DAEMON_ADDRESS": "host:2000", "AWS_XRAY_SDK_ENABLED": "False"]) == (nil, []))
        for text in ["daemon", "daemon:0", ":2000", "udp:daemon tcp:daemon:2000"] {
            let (configuration, warnings) = XRayConfiguration.parse(["AWS_XRAY_DAEMON_ADDRESS": text])
            #expect(configuration == nil && warnings.first?.contains(text) == true)
        }
    }

    private static let call = SpanTemplate(service: .ads, name: "call", resource: "catalog", type: "http", kind: .client, peer: "catalog")

    private static func span(_ id: UInt64, parent: UInt64 = 0, _ template: SpanTemplate = .make(), trace: UInt64 = 1) -> Span {
        var span = Span.make(id, parent: parent, template)
        span.trace.low = trace
        span.status = 200
        span.detail = .http(HTTPFacts(method: "GET", target: "/ads", host: "ads:80"))
        return span
    }

    private func send(
        _ change: (inout XRayConfiguration) -> Void = { _ in }, port: Int? = nil, record: @escaping @Sendable (Recorder) -> Void
    ) throws -> (datagrams: [String], metrics: [String: Double]) {
        let listener = try DatagramListener()
        let loop = try EventLoop()
        let target = port ?? listener.port
        var configuration = XRayConfiguration()
        change(&configuration)
        let chosen = configuration
        let metrics = try loop.run {
            let recorder = Recorder()
            let exporter = XRayExporter(recorder: recorder, loop: loop, configuration: chosen, open: { try await DatagramSocket.open(to: .host("127.0.0.1", port: target)) })
            record(recorder)
            await exporter.flush()
            await exporter.flush()
            var sums: [String: Double] = [:]
            for family in recorder.metrics.snapshot() { for point in family.points { if case .number(let number) = point.value { sums[family.name, default: 0] += number } } }
            return sums
        }
        return (listener.datagrams(), metrics)
    }

    @Test func `one datagram for each segment, a header before the document`() throws {
        let sent = try send { recorder in
            recorder.record(Self.span(2, parent: 1, Self.call))
            recorder.record(Self.span(1))
            recorder.record(Self.span(7, trace: 2))
        }
        #expect(sent.datagrams.count == 2 && sent.metrics["aws.xray.documents_sent"] == 2)
        for datagram in sent.datagrams {
            let lines = datagram.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2 && lines[0] == #"{"format":"json","version":1}"#)
            let document = try Value.parse(json: lines[1].utf8)
            #expect(document["name"] == "ads" && document["trace_id"]?.text.hasPrefix("1-4bf92f35-77b34da6") == true)
        }
        #expect(sent.datagrams[0].contains(#""subsegments":[{"id":"0000000000000002""#))
    }

    @Test func `traces that are not sampled are not sent`() throws {
        let sent = try send { recorder in
            var context = TraceContext(trace: Self.span(1).trace, parent: 0)
            recorder.sampling.decide(
                &context, hasCaller: false, TraceSampling.Request(host: "", method: "GET", path: "/"), service: "ads",
                rules: [XRaySamplingRule(name: "none", reservoir: 0, rate: 0)], at: Timestamp(nanoseconds: 0), metrics: recorder.metrics)
            recorder.record(Self.span(1))
            recorder.record(Self.span(7, trace: 2))
        }
        #expect(sent.datagrams.count == 1 && sent.datagrams[0].contains("0000000000000007"))
    }

    @Test func `a segment that is too large goes in parts, and no datagram is larger than allowed`() throws {
        let sent = try send({ $0.datagramBytes = 2_000 }) { recorder in
            for id in 2...41 { recorder.record(Self.span(UInt64(id), parent: 1, Self.call)) }
            recorder.record(Self.span(1))
        }
        #expect(sent.datagrams.count > 5 && sent.datagrams.allSatisfy { $0.utf8.count <= 2_000 })
        #expect((2...41).allSatisfy { id in sent.datagrams.contains { $0.contains("\"id\":\"\(UInt64(id).hex)\"") } })
        #expect(sent.datagrams.count { $0.contains(#""type":"subsegment""#) } == sent.datagrams.count - 1)
        #expect(sent.metrics["aws.xray.spans_dropped"] == 0)
    }

    @Test func `what has no place is counted`() throws {
        let full = try send({ $0.queueLimit = 10 }) { recorder in for id in 1...25 { recorder.record(Self.span(UInt64(id), trace: UInt64(id))) } }
        #expect(full.datagrams.count == 10 && full.metrics["aws.xray.spans_dropped"] == 15)
        let tiny = try send({ $0.datagramBytes = 100 }) { $0.record(Self.span(1)) }
        #expect(tiny.datagrams.isEmpty && tiny.metrics["aws.xray.spans_dropped"] == 1)
        // Whether anybody is there shows only in the answer to a datagram before.
        let nobody = try send(port: 1) { recorder in for id in 1...5 { recorder.record(Self.span(UInt64(id), trace: UInt64(id))) } }
        #expect(nobody.datagrams.isEmpty && nobody.metrics["aws.xray.documents_dropped"]! + nobody.metrics["aws.xray.documents_sent"]! == 5)
    }
}
