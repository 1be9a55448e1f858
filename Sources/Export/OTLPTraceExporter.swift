import Base
import HTTP
import Telemetry

/// Sends a shop's spans to an OTLP/HTTP back end.
///
/// Reads the recorder now and then and never asks the shop to wait: when the back end is slow or dead, spans are dropped and counted.
/// Belongs to the shop's loop.
public final class OTLPTraceExporter {
    /// What has happened so far, in recorded spans (their companions come on top).
    public struct Counts: Sendable, Equatable {
        public var exported = 0
        /// Forgotten before they could be sent: by the recorder, or because the queue was full.
        public var dropped = 0
        /// In batches that the back end did not take.
        public var failed = 0
        public var requests = 0
    }

    /// Spans on one way out.
    private struct Lane {
        /// The collector's pipeline; empty when there is no collector.
        let pipeline: String
        let attributes: AttributeActions
        var queue: SpanQueue
    }

    private let recorder: Recorder
    private let collector: Collector?
    private let loop: EventLoop
    private let configuration: OTLPConfiguration
    private let sender: any HTTPSender
    private var random: SeededRandom
    private var lanes: [Lane] = []
    private var position: Int
    private var totals = Counts()
    /// Why the last batch was given up; nil while all goes well.
    public private(set) var lastFailure: String?

    /// - Parameters:
    ///   - collector: Decides what goes out; without it everything does.
    ///   - seed: For the length of waits; the exporter draws nothing from the shop's world, so that exporting changes no decision.
    public init(
        recorder: Recorder, loop: EventLoop, configuration: OTLPConfiguration, sender: any HTTPSender, collector: Collector? = nil, seed: UInt64 = 0
    ) {
        self.recorder = recorder
        self.collector = collector
        self.loop = loop
        self.configuration = configuration
        self.sender = sender
        random = SeededRandom(seed: seed)
        position = recorder.nextSpan
        collector?.outlet = { [unowned self] in append($2, to: $0, $1) }
    }

    deinit { collector?.outlet = nil }

    public var counts: Counts {
        var counts = totals
        counts.dropped = lanes.reduce(0) { $0 + $1.queue.dropped }
        return counts
    }

    /// Exports until the calling task is cancelled. What is left then goes out with `flush()`.
    ///
    /// Called by a method of the owner's actor in a task that prefers its loop: `Task(executorPreference: loop) { await self.runExporter() }`.
    public func run() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: configuration.scheduleDelay) } catch { return }
            await exportReady(isLast: false)
        }
    }

    /// Sends everything that is recorded, whether or not its parents are, one attempt for each batch: for the end of the program.
    public func flush() async {
        await exportReady(isLast: true)
    }

    private func exportReady(isLast: Bool) async {
        collect(isLast: isLast)
        var index = 0
        while index < lanes.count {
            let batch = lanes[index].queue.takeBatch(of: configuration.batchLimit, at: loop.now, isLast: isLast)
            if batch.recordedCount == 0 {
                index += 1
                continue
            }
            guard await deliver(batch.spans, lanes[index].attributes, retrying: !isLast) else {
                totals.failed += batch.recordedCount
                // A dead back end: the next round tries again with what is then the newest.
                if isLast || Task.isCancelled { return }
                continue
            }
            totals.exported += batch.recordedCount
            collect(isLast: isLast)
        }
    }

    private func collect(isLast: Bool) {
        if let collector {
            if isLast { collector.finish(at: loop.now) } else { collector.advance(to: loop.now) }
            return
        }
        let reading = recorder.spans(since: position)
        position = reading.next
        append(reading.elements, missed: reading.missed, to: "", AttributeActions())
    }

    private func append(_ spans: [Span], missed: Int = 0, to pipeline: String, _ attributes: AttributeActions) {
        var index = lanes.firstIndex { $0.pipeline == pipeline && $0.attributes == attributes }
        if index == nil {
            index = lanes.count
            lanes.append(Lane(pipeline: pipeline, attributes: attributes, queue: SpanQueue(limit: configuration.queueLimit)))
        }
        lanes[index!].queue.append(spans, missed: missed, at: loop.now)
    }

    /// True when the back end took the batch.
    private func deliver(_ spans: [Span], _ attributes: AttributeActions, retrying: Bool) async -> Bool {
        let request = request(for: spans, attributes)
        for attempt in 1... {
            let outcome = await attemptOnce(request)
            switch RetryPolicy.decide(after: outcome, attempt: attempt, now: loop.now, random: &random) {
            case .delivered:
                lastFailure = nil
                return true
            case .giveUp(let reason):
                lastFailure = reason
                return false
            case .retry(let wait):
                guard retrying else { return false }
                do { try await loop.sleep(for: wait) } catch { return false }
            }
        }
        return false
    }

    private func attemptOnce(_ request: ClientRequest) async -> RetryPolicy.Outcome {
        totals.requests += 1
        do { return .response(try await sender.send(request)) } catch { return .failure(error) }
    }

    private func request(for spans: [Span], _ attributes: AttributeActions) -> ClientRequest {
        let body = configuration.encoding == .protobuf ? OTLPProtobuf.encode(spans, changing: attributes) : OTLPJSON.encode(spans, changing: attributes)
        var headers = Headers(["Content-Type": configuration.encoding.contentType, "User-Agent": "OTel-OTLP-Exporter-Swift/1.0.0"])
        for field in configuration.headers { headers.set(field.name, field.value) }
        return ClientRequest(method: "POST", url: configuration.url, headers: headers, body: body, timeout: configuration.timeout)
    }
}
