import Base
import HTTP
import Telemetry
import Testing

@testable import Export

@Suite struct DatadogTraceExporterTests {
    private struct Outcome: Sendable {
        var requests: [ClientRequest]
        /// Milliseconds after the start.
        var times: [Int64]
        /// By name, or by reason for dropped spans.
        var counts: [String: Double]
        var reports: [String]
        var failure: String?
    }

    /// Owns an exporter as a shop does: on its loop, in a task that ends by cancellation.
    private actor AgentShop {
        private let loop: EventLoop
        private var exporter: DatadogTraceExporter?
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(loop: EventLoop) { self.loop = loop }

        private func runExporter() async { await exporter?.run() }

        func export(
            _ script: [ScriptedBackEnd.Answer], _ configuration: DatadogConfiguration.Traces, limits: Recorder.Limits, level: Instrumentation, seconds: Double,
            flushing: Bool, record: @Sendable (Recorder, EventLoop) async throws -> Void
        ) async throws -> Outcome {
            let start = loop.now
            let recorder = Recorder(limits: limits, level: level)
            let agent = ScriptedBackEnd(script, loop: loop)
            var reports: [String] = []
            let exporter = DatadogTraceExporter(recorder: recorder, loop: loop, configuration: configuration, sender: agent) { reports.append($0) }
            self.exporter = exporter
            let run = Task(executorPreference: loop) { await self.runExporter() }
            try await record(recorder, loop)
            if flushing { await exporter.flush() } else { try await loop.sleep(for: .milliseconds(exactly: seconds * 1_000)) }
            run.cancel()
            await run.value
            var counts: [String: Double] = [:]
            for family in recorder.metrics.snapshot() {
                for point in family.points { if case .number(let number) = point.value { counts[point.labels["reason"] ?? String(family.name.dropFirst("datadog.tracer.".count))] = number } }
            }
            return Outcome(
                requests: agent.requests, times: agent.times.map { ($0 - start).nanoseconds / 1_000_000 }, counts: counts, reports: reports, failure: exporter.lastFailure)
        }
    }

    private func export(
        _ script: [ScriptedBackEnd.Answer] = [.status(200)], _ configuration: DatadogConfiguration.Traces = DatadogConfiguration.Traces(),
        limits: Recorder.Limits = Recorder.Limits(), level: Instrumentation = .full, seconds: Double = 10, flushing: Bool = false,
        record: @escaping @Sendable (Recorder, EventLoop) async throws -> Void
    ) throws -> Outcome {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 1_700_000_000_000_000_000))
        let shop = AgentShop(loop: loop)
        return try loop.run {
            try await shop.export(script, configuration, limits: limits, level: level, seconds: seconds, flushing: flushing, record: record)
        }
    }

    /// One trace of one span.
    private static func trace(_ number: Int) -> Span {
        var span = Span.make(UInt64(number))
        span.trace.low = UInt64(number)
        return span
    }

    private static let refused = ScriptedBackEnd.Answer.failure(.connectionRefused(host: "127.0.0.1", port: 8126))

    @Test func `a second's traces go out together, with the headers of a tracer`() throws {
        let outcome = try export { recorder, _ in for number in 1...3 { recorder.record(Self.trace(number)) } }
        #expect(outcome.times == [1_000])
        let request = try #require(outcome.requests.first)
        #expect(request.method == "PUT" && request.url == "http://localhost:8126/v0.4/traces" && request.timeout == .seconds(2))
        let headers = request.headers
        #expect(headers["Content-Type"] == "application/msgpack" && headers["X-Datadog-Trace-Count"] == "3" && headers["Datadog-Client-Computed-Top-Level"] == "yes")
        #expect(headers["Datadog-Meta-Lang"] != nil && headers["Datadog-Meta-Lang-Version"] != nil && headers["Datadog-Meta-Tracer-Version"] != nil)
        #expect(outcome.counts["flush.traces"] == 3 && outcome.counts["flush.spans"] == 3 && outcome.counts["flush.bytes"] == Double(request.body.count))
        #expect(outcome.reports.isEmpty)
    }

    @Test func `a payload that has grown large goes out, and the next one begins`() throws {
        var configuration = DatadogConfiguration.Traces()
        configuration.payloadBytes = 2_000
        let outcome = try export([.status(200)], configuration) { recorder, _ in for number in 1...40 { recorder.record(Self.trace(number)) } }
        #expect(outcome.requests.count > 3 && outcome.requests.allSatisfy { $0.body.count < 3_000 })
        #expect(outcome.requests.reduce(0) { $0 + (Int($1.headers["X-Datadog-Trace-Count"] ?? "") ?? 0) } == 40)
        #expect(outcome.counts["flush.traces"] == 40)
    }

    @Test func `no answer is asked for again twice, then the agent is left alone for longer and longer`() throws {
        let outcome = try export([Self.refused], seconds: 100) { recorder, loop in
            for number in 1...90 {
                recorder.record(Self.trace(number))
                try await loop.sleep(for: .seconds(1))
            }
        }
        // Three attempts at first, then one after each rest of 1, 2, 4, 8, 16, 30 and 30 seconds.
        #expect(outcome.times.prefix(3).allSatisfy { (1_000...1_700).contains($0) })
        #expect(outcome.requests.count <= 11)
        #expect(outcome.counts["flush.traces"] == 0)
        #expect(try #require(outcome.counts["agent_unreachable"]) >= 89 && outcome.counts["queue_full"] == 0)
        #expect(outcome.failure?.contains("refused the connection") == true)
        #expect(outcome.reports.count == 1 && outcome.reports[0].contains("http://localhost:8126"))
    }

    @Test func `an agent that comes back gets what is new`() throws {
        let outcome = try export([Self.refused, Self.refused, Self.refused, .status(200)], seconds: 20) { recorder, loop in
            recorder.record(Self.trace(1))
            try await loop.sleep(for: .seconds(5))
            recorder.record(Self.trace(2))
        }
        #expect(outcome.counts["flush.traces"] == 1 && outcome.counts["agent_unreachable"] == 1)
        #expect(outcome.reports.count == 2 && outcome.reports[1].contains("takes traces again") && outcome.failure == nil)
    }

    @Test(arguments: [400, 413, 500]) func `a payload that was refused is not sent again`(status: Int) throws {
        let outcome = try export([.status(status), .status(200)]) { recorder, loop in
            recorder.record(Self.trace(1))
            try await loop.sleep(for: .seconds(2))
            recorder.record(Self.trace(2))
        }
        #expect(outcome.requests.count == 2 && outcome.counts["agent_refused"] == 1 && outcome.counts["flush.traces"] == 1 && outcome.counts["api.errors"] == 1)
    }

    @Test(arguments: [404, 429, 503]) func `an agent that is not ready is left alone for a while`(status: Int) throws {
        let outcome = try export([.status(status)], seconds: 8) { recorder, loop in
            for number in 1...60 {
                recorder.record(Self.trace(number))
                try await loop.sleep(for: .milliseconds(100))
            }
        }
        #expect(outcome.requests.count < 5)
        #expect(try #require(outcome.counts["agent_refused"]) > 0 && outcome.counts["agent_unreachable"]! > 0)
    }

    @Test func `the rates of an answer hold for the next traces, and their version is told`() throws {
        let rates = #"{"rate_by_service":{"service:ads,env:test":0}}"#
        let outcome = try export([.body(rates, headers: ["Datadog-Rates-Payload-Version": "v7"]), .status(200)]) { recorder, loop in
            recorder.record(Self.trace(1))
            try await loop.sleep(for: .seconds(2))
            recorder.record(Self.trace(2))
        }
        func priority(_ value: Double) -> [UInt8] {
            var writer = MessagePackWriter()
            writer.string("_sampling_priority_v1")
            writer.double(value)
            return writer.bytes
        }
        #expect(outcome.requests[0].body.contains(priority(1)) && outcome.requests[1].body.contains(priority(0)))
        #expect(outcome.requests[0].headers["Datadog-Rates-Payload-Version"] == nil && outcome.requests[1].headers["Datadog-Rates-Payload-Version"] == "v7")
    }

    @Test func `what comes late of a trace keeps the trace's decision`() throws {
        let rates = #"{"rate_by_service":{"service:ads,env:test":0}}"#
        let outcome = try export([.body(rates), .status(200)]) { recorder, loop in
            recorder.record(Self.trace(1))
            try await loop.sleep(for: .seconds(2))
            var late = Span.make(2, parent: 1, .make("query", kind: .client))
            late.trace = Self.trace(1).trace
            recorder.record(late)
        }
        var writer = MessagePackWriter()
        writer.string("_sampling_priority_v1")
        writer.double(1)
        #expect(outcome.requests.count == 2 && outcome.requests[1].body.contains(writer.bytes))
    }

    @Test func `a full queue and a full recorder drop, and count it`() throws {
        var configuration = DatadogConfiguration.Traces()
        configuration.queueLimit = 4
        let outcome = try export([.status(200)], configuration, limits: Recorder.Limits(spans: 6)) { recorder, _ in
            for number in 1...10 { recorder.record(Self.trace(number)) }
        }
        #expect(outcome.counts["queue_full"] == 6 && outcome.counts["flush.traces"] == 4)
    }

    @Test func `flush sends what still waits, with one attempt`() throws {
        var child = Span.make(2, parent: 9, .make("work", kind: .internal))
        child.trace.low = 5
        let waiting = child
        let sent = try export(flushing: true) { recorder, _ in recorder.record(waiting) }
        #expect(sent.counts["flush.traces"] == 1 && sent.times == [0])
        let lost = try export([Self.refused], flushing: true) { recorder, _ in recorder.record(waiting) }
        #expect(lost.requests.count == 1 && lost.counts["agent_unreachable"] == 1)
    }

    @Test(arguments: [Instrumentation.none, .infrastructure]) func `shops without traces send nothing`(level: Instrumentation) throws {
        let outcome = try export(level: level) { recorder, _ in recorder.record(Self.trace(1)) }
        #expect(outcome.requests.isEmpty)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
