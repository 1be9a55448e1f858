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
        limits: Recorder.Limits = Recorder.Limits(), seconds: Int = 120, record: @escaping @Sendable (Recorder) -> Void
    ) throws -> (counts: OTLPTraceExporter.Counts, requests: [ClientRequest], times: [Int64], failure: String?) {
        let loop = try EventLoop(virtualFrom: Self.start)
        return try loop.run {
            let recorder = Recorder(limits: limits)
            let backEnd = ScriptedBackEnd(script, loop: loop)
            let exporter = OTLPTraceExporter(recorder: recorder, loop: loop, configuration: configuration, sender: backEnd)
            record(recorder)
            // The run ends by cancellation from outside, as a shop's end does it.
            await withDeadline(seconds, on: loop) { await exporter.run() }
            return (exporter.counts, backEnd.requests, backEnd.times.map { ($0 - Self.start).nanoseconds / 1_000_000 }, exporter.lastFailure)
        }
    }

    @Test func `sends what is recorded after the delay, with the configured headers`() throws {
        let configuration = OTLPConfiguration(url: "http://collector:4318/v1/traces", headers: [Headers.Field(name: "api-key", value: "s")])
        let result = try export([.status(200)], configuration) { $0.record(Span.make()) }
        #expect(result.times == [5_000])
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 1, dropped: 0, failed: 0, requests: 1))
        let request = try #require(result.requests.first)
        #expect(request.method == "POST" && request.url == configuration.url && request.timeout == .seconds(10))
        #expect(request.headers["content-type"] == "application/x-protobuf" && request.headers["api-key"] == "s")
        #expect(request.body == OTLPProtobuf.encode([Span.make()]))
    }

    @Test func `many spans go out in batches`() throws {
        let result = try export([.status(200)], OTLPConfiguration(encoding: .json, batchLimit: 4)) { recorder in
            for id in 1...10 { recorder.record(Span.make(UInt64(id))) }
        }
        #expect(result.requests.count == 3)
        #expect(result.counts.exported == 10)
    }

    @Test(arguments: [429, 502, 503, 504])
    func `tries again with growing waits when the trouble is temporary`(status: Int) throws {
        let result = try export([.status(status), .status(status), .status(200)]) { $0.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 1, dropped: 0, failed: 0, requests: 3))
        let waits = zip(result.times.dropFirst(), result.times).map { $0 - $1 }
        #expect((500...1_000).contains(waits[0]) && (1_000...2_000).contains(waits[1]))
        #expect(result.failure == nil)
    }

    @Test(arguments: [("7", 7_000), ("Tue, 14 Nov 2023 22:13:36 GMT", 11_000), ("Tue, 14 Nov 2023 22:13:00 GMT", 0), ("3600", 30_000)] as [(String, Int64)])
    func `waits as long as it is asked to, within reason`(header: String, wait: Int64) throws {
        let result = try export([.status(503, retryAfter: header), .status(200)]) { $0.record(Span.make()) }
        #expect(zip(result.times.dropFirst(), result.times).map { $0 - $1 } == [wait])
    }

    @Test(arguments: [400, 401, 404, 500])
    func `bad data is not sent twice`(status: Int) throws {
        let result = try export([.status(status), .status(200)]) { $0.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 0, dropped: 0, failed: 1, requests: 1))
        #expect(result.failure?.contains("\(status)") == true)
    }

    @Test func `a dead back end costs a bounded number of attempts and leaves a reason`() throws {
        let refused = ClientError.connectionRefused(host: "127.0.0.1", port: 4318)
        let result = try export([.failure(refused)], seconds: 60) { $0.record(Span.make()) }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 0, dropped: 0, failed: 1, requests: 6))
        #expect(result.failure?.contains("refused the connection") == true)
    }

    @Test func `a full queue drops the oldest and counts them`() throws {
        let configuration = OTLPConfiguration(encoding: .json, queueLimit: 4, batchLimit: 4)
        let result = try export([.status(200)], configuration, limits: Recorder.Limits(spans: 6)) { recorder in
            for id in 1...10 { recorder.record(Span.make(UInt64(id))) }
        }
        #expect(result.counts == OTLPTraceExporter.Counts(exported: 4, dropped: 6, failed: 0, requests: 1))
        let body = String(decoding: result.requests[0].body, as: UTF8.self)
        #expect(body.contains("\"spanId\":\"0000000000000007\"") && !body.contains("\"spanId\":\"0000000000000006\""))
    }

    @Test func `the same seed gives the same requests at the same times`() throws {
        func once() throws -> ([[UInt8]], [Int64]) {
            let result = try export([.status(503), .status(200)]) { recorder in for id in 1...5 { recorder.record(Span.make(UInt64(id))) } }
            return (result.requests.map(\.body), result.times)
        }
        let (first, second) = (try once(), try once())
        #expect(first.0 == second.0 && first.1 == second.1)
    }
}

/// Runs a body and cancels it after some seconds of the loop's time.
func withDeadline(_ seconds: Int, on loop: EventLoop, _ body: () async -> Void) async {
    await withoutActuallyEscaping(body) { _ in }
    await body()
}
