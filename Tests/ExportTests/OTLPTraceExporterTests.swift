import Base
import HTTP
import Telemetry
import Testing

@testable import Export

@Suite struct OTLPTraceExporterTests {
    private static let start = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    /// Runs an exporter against a scripted back end for `seconds` of simulated time.
    private func export(
        _ script: [ScriptedBackEnd.Answer] = [.status(200)], _ configuration: OTLPConfiguration = OTLPConfiguration(encoding: .json),
        limits: Recorder.Limits = Recorder.Limits(), seconds: Int = 120, flushing: Bool = false,
        record: @escaping @Sendable (Recorder, EventLoop) async throws -> Void
    ) throws -> ExportResult {
        let loop = try EventLoop(virtualFrom: Self.start)
        let shop = ExportingShop(loop: loop)
        return try loop.run {
            try await shop.export(script, configuration, limits: limits, seconds: seconds, flushing: flushing, record: record)
        }
    }

    @Test func `sends what is recorded after the delay, with the configured headers`() throws {
        let configuration = OTLPConfiguration(url: "http://collector:4318/v1/traces", headers: [Headers.Field(name: "api-key", value: "s")])
        let result = try export([.status(200)], configuration) { recorder, _ in recorder.record(Span.make()) }
        #expect(result.times == [5_000])
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 1, dropped: 0, failed: 0, requests: 1))
        let request = try #require(result.requests.first)
        #expect(request.method == "POST" && request.url == configuration.url && request.timeout == .seconds(10))
        #expect(request.headers["content-type"] == "application/x-protobuf" && request.headers["api-key"] == "s")
        #expect(request.body == OTLPProtobuf.encode([Span.make()]))
    }

    @Test func `many spans go out in batches`() throws {
        let result = try export([.status(200)], OTLPConfiguration(encoding: .json, batchLimit: 4)) { recorder, _ in
            for id in 1...10 { recorder.record(Span.make(UInt64(id))) }
        }
        #expect(result.requests.count == 3)
        #expect(result.counts.exported == 10)
    }

    @Test(arguments: [429, 502, 503, 504])
    func `tries again with growing waits when the trouble is temporary`(status: Int) throws {
        let result = try export([.status(status), .status(status), .status(200)]) { recorder, _ in recorder.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 1, dropped: 0, failed: 0, requests: 3))
        let waits = zip(result.times.dropFirst(), result.times).map { $0 - $1 }
        #expect((500...1_000).contains(waits[0]) && (1_000...2_000).contains(waits[1]))
        #expect(result.failure == nil)
    }

    @Test(arguments: [("7", 7_000), ("Tue, 14 Nov 2023 22:13:36 GMT", 11_000), ("Tue, 14 Nov 2023 22:13:00 GMT", 0), ("3600", 30_000)] as [(String, Int64)])
    func `waits as long as it is asked to, within reason`(header: String, wait: Int64) throws {
        let result = try export([.status(503, retryAfter: header), .status(200)]) { recorder, _ in recorder.record(Span.make()) }
        #expect(zip(result.times.dropFirst(), result.times).map { $0 - $1 } == [wait])
    }

    @Test(arguments: [400, 401, 404, 500])
    func `bad data is not sent twice`(status: Int) throws {
        let result = try export([.status(status), .status(200)]) { recorder, _ in recorder.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 0, dropped: 0, failed: 1, requests: 1))
        #expect(result.failure?.contains("\(status)") == true)
    }

    @Test func `a dead back end costs a bounded number of attempts and leaves a reason`() throws {
        let refused = ClientError.connectionRefused(host: "127.0.0.1", port: 4318)
        let result = try export([.failure(refused)], seconds: 60) { recorder, _ in recorder.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 0, dropped: 0, failed: 1, requests: 6))
        #expect(result.failure?.contains("refused the connection") == true)
    }

    @Test func `a full queue drops the oldest and counts them`() throws {
        let configuration = OTLPConfiguration(encoding: .json, queueLimit: 4, batchLimit: 4)
        let result = try export([.status(200)], configuration, limits: Recorder.Limits(spans: 6)) { recorder, _ in
            for id in 1...10 { recorder.record(Span.make(UInt64(id))) }
        }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 4, dropped: 6, failed: 0, requests: 1))
        let body = String(decoding: result.requests[0].body, as: UTF8.self)
        #expect(body.contains("\"spanId\":\"0000000000000007\"") && !body.contains("\"spanId\":\"0000000000000006\""))
    }

    @Test func `flush sends what still waits, with one attempt`() throws {
        let child = Span.make(2, parent: 9, .make("work", kind: .internal))
        let sent = try export(flushing: true) { recorder, _ in recorder.record(child) }
        #expect(sent.counts.exported == 1 && sent.times == [0])
        let lost = try export([.status(503)], flushing: true) { recorder, _ in recorder.record(child) }
        #expect(lost.counts == OTLPTraceExporter.Counts(exported: 0, dropped: 0, failed: 1, requests: 1))
    }

    @Test func `a child waits for its parent and then sits under the adopting companion`() throws {
        let wrapper = SpanTemplate.make("wrapper", resource: "", kind: .internal)
        let parent = SpanTemplate.make(companions: [SpanTemplate.Companion(wrapper, from: 0, to: 1, adoptsChildren: true)])
        let result = try export { recorder, loop in
            recorder.record(Span.make(2, parent: 1, .make("work", kind: .internal)))
            try await loop.sleep(for: .seconds(12))
            recorder.record(Span.make(1, parent))
        }
        #expect(result.times == [15_000])
        let spans = try #require(try Value.parse(json: result.requests[0].body)["resourceSpans"]?["0"]?["scopeSpans"]?["0"]?["spans"]?.elements)
        let adopter = try #require(SpanExpansion.adopter(of: Span.make(1, parent)))
        #expect(spans.count == 3)
        #expect(spans.contains { $0["spanId"] == "0000000000000001" && $0["parentSpanId"] == nil })
        #expect(spans.contains { $0["spanId"]?.text == adopter.hex && $0["parentSpanId"] == "0000000000000001" })
        #expect(spans.contains { $0["spanId"] == "0000000000000002" && $0["parentSpanId"]?.text == adopter.hex })
    }

    @Test func `a child that ends after its parent still finds the companion`() throws {
        let wrapper = SpanTemplate.make("wrapper", resource: "", kind: .internal)
        let parent = SpanTemplate.make(companions: [SpanTemplate.Companion(wrapper, from: 0, to: 1, adoptsChildren: true)])
        let result = try export { recorder, loop in
            recorder.record(Span.make(1, parent))
            try await loop.sleep(for: .seconds(12))
            recorder.record(Span.make(2, parent: 1, .make("work", kind: .internal)))
        }
        let adopter = try #require(SpanExpansion.adopter(of: Span.make(1, parent)))
        #expect(result.times == [5_000, 15_000])
        #expect(String(decoding: result.requests[1].body, as: UTF8.self).contains("\"parentSpanId\":\"\(adopter.hex)\""))
    }

    @Test func `a child whose parent never comes goes alone after a while`() throws {
        let result = try export { recorder, _ in recorder.record(Span.make(2, parent: 9, .make("work", kind: .internal))) }
        #expect(result.times == [35_000])
    }

    @Test func `the same seed gives the same requests at the same times`() throws {
        func once() throws -> ([[UInt8]], [Int64]) {
            let result = try export([.status(503), .status(200)]) { recorder, _ in for id in 1...5 { recorder.record(Span.make(UInt64(id))) } }
            return (result.requests.map(\.body), result.times)
        }
        let (first, second) = (try once(), try once())
        #expect(first.0 == second.0 && first.1 == second.1)
    }
}

struct ExportResult: Sendable {
    var counts: OTLPTraceExporter.Counts
    var requests: [ClientRequest]
    /// Milliseconds after the start.
    var times: [Int64]
    var failure: String?
}

/// Owns an exporter as a shop does: on its loop, in a task that ends by cancellation.
private actor ExportingShop {
    private let loop: EventLoop
    private var exporter: OTLPTraceExporter?
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) { self.loop = loop }

    private func runExporter() async { await exporter?.run() }

    func export(
        _ script: [ScriptedBackEnd.Answer], _ configuration: OTLPConfiguration, limits: Recorder.Limits, seconds: Int, flushing: Bool,
        record: @Sendable (Recorder, EventLoop) async throws -> Void
    ) async throws -> ExportResult {
        let start = loop.now
        let recorder = Recorder(limits: limits)
        let backEnd = ScriptedBackEnd(script, loop: loop)
        let exporter = OTLPTraceExporter(recorder: recorder, loop: loop, configuration: configuration, sender: backEnd)
        self.exporter = exporter
        // The preference keeps every step of the task on the loop; the actor's isolation alone does not, and simulated time runs ahead.
        let run = Task(executorPreference: loop) { await self.runExporter() }
        try await record(recorder, loop)
        if flushing { await exporter.flush() } else { try await loop.sleep(for: .seconds(seconds)) }
        run.cancel()
        await run.value
        let times = backEnd.times.map { ($0 - start).nanoseconds / 1_000_000 }
        return ExportResult(counts: exporter.counts, requests: backEnd.requests, times: times, failure: exporter.lastFailure)
    }
}
