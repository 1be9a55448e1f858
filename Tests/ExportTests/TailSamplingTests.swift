import Base
import HTTP
import Telemetry
import Testing

@testable import Export

/// What a back end gets through a collector.
@Suite struct TailSamplingTests {
    private static let start = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
    private static let experiment = """
        { "processors": {
            "attributes/baseline": { "actions": [{ "key": "dataset", "value": "baseline", "action": "insert" }] },
            "attributes/experiment": { "actions": [{ "key": "dataset", "value": "experiment", "action": "insert" }] },
            "tail_sampling": { "decision_wait": "10s", "policies": [{ "name": "errors", "type": "status_code", "status_code": { "status_codes": ["ERROR"] } }] } },
          "service": { "pipelines": { "traces/baseline": { "processors": ["attributes/baseline"] }, "traces/experiment": { "processors": ["tail_sampling", "attributes/experiment"] } } } }
        """

    private actor Sender {
        private let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private var exporter: OTLPTraceExporter?

        init(loop: EventLoop) { self.loop = loop }
        private func run() async { await exporter?.run() }

        /// Two traces of two spans, one with an error, then `seconds` of time.
        func send(_ configuration: OTLPConfiguration, seconds: Int, flushing: Bool) async throws -> [(milliseconds: Int64, body: [UInt8])] {
            let recorder = Recorder()
            let backEnd = ScriptedBackEnd([.status(200)], loop: loop)
            let collector = Collector(try CollectorConfiguration.read(Array(TailSamplingTests.experiment.utf8), file: "collector.json"), recorder: recorder, now: loop.now)
            let exporter = OTLPTraceExporter(recorder: recorder, loop: loop, configuration: configuration, sender: backEnd, collector: collector)
            self.exporter = exporter
            let begin = loop.now
            let task = Task(executorPreference: loop) { await self.run() }
            for trace in 1...2 as ClosedRange<UInt64> {
                // A companion adopts the child: a collector in between must not lose that.
                let wrapper = SpanTemplate.make("wrapper", resource: "", kind: .internal)
                var request = Span.make(trace * 10, .make(companions: [SpanTemplate.Companion(wrapper, from: 0, to: 1, adoptsChildren: true)]))
                var child = Span.make(trace * 10 + 1, parent: trace * 10, .make("work", kind: .internal))
                (request.trace, child.trace) = (TraceID(high: 0, low: trace), TraceID(high: 0, low: trace))
                request.isError = trace == 2
                (request.start, child.start) = (loop.now, loop.now)
                recorder.record(child)
                recorder.record(request)
            }
            if flushing { await exporter.flush() } else { try await loop.sleep(for: .seconds(seconds)) }
            task.cancel()
            await task.value
            return zip(backEnd.times, backEnd.requests).map { (($0 - begin).nanoseconds / 1_000_000, $1.body) }
        }
    }

    private static func send(_ encoding: OTLPConfiguration.Encoding, seconds: Int = 60, flushing: Bool = false) throws -> [(milliseconds: Int64, body: [UInt8])] {
        let loop = try EventLoop(virtualFrom: start)
        let sender = Sender(loop: loop)
        return try loop.run { try await sender.send(OTLPConfiguration(encoding: encoding), seconds: seconds, flushing: flushing) }
    }

    /// `trace dataset` of each span in a request.
    private static func spans(_ body: [UInt8]) throws -> [String] {
        var found: [String] = []
        for group in try Value.parse(json: body)["resourceSpans"]?.elements ?? [] {
            for span in group["scopeSpans"]?["0"]?["spans"]?.elements ?? [] {
                let dataset = span["attributes"]?.elements?.first { $0["key"] == "dataset" }?["value"]?["stringValue"]?.text ?? "-"
                found.append("\(span["traceId"]!.text.suffix(1)) \(dataset)")
            }
        }
        return found
    }

    @Test func `the baseline goes out at once, the kept traces once more when they are decided`() throws {
        let requests = try Self.send(.json)
        #expect(requests.map(\.milliseconds) == [5_000, 15_000])
        #expect(try Self.spans(requests[0].body).sorted() == Array(repeating: "1 baseline", count: 3) + Array(repeating: "2 baseline", count: 3))
        #expect(try Self.spans(requests[1].body) == Array(repeating: "2 experiment", count: 3))
    }

    @Test func `at the end what waits is decided`() throws {
        let requests = try Self.send(.json, flushing: true)
        #expect(requests.map(\.milliseconds) == [0, 0])
        #expect(try Self.spans(requests[1].body) == Array(repeating: "2 experiment", count: 3))
    }

    /// Reads a request with OpenTelemetry's own classes.
    private static let reader = """
        import sys, json
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
        request = ExportTraceServiceRequest()
        request.ParseFromString(sys.stdin.buffer.read())
        print(json.dumps([[s.trace_id.hex()[-1], s.span_id.hex(), s.parent_span_id.hex()] + [a.value.string_value for a in s.attributes if a.key == "dataset"]
            for rs in request.resource_spans for ss in rs.scope_spans for s in ss.spans]))
        """

    @Test(.enabled(if: OTLPEncodingTests.hasReader, "the Python package opentelemetry-proto is not installed"))
    func `OpenTelemetry's own classes read what is kept, under the right parents`() throws {
        let result = try Python.run(Self.reader, input: try Self.send(.protobuf)[1].body)
        #expect(result.status == 0)
        let spans = try Value.parse(json: result.output).elements ?? []
        #expect(spans.count == 3)
        #expect(spans.allSatisfy { $0["0"] == "2" && $0["3"] == "experiment" })
        let child = try #require(spans.first { $0["1"]?.text == UInt64(21).hex })
        let wrapper = try #require(spans.first { $0["1"] == child["2"] })
        #expect(wrapper["2"]?.text == UInt64(20).hex)
    }
}
