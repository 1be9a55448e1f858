import Base
import HTTP
import Telemetry

/// Sends a shop's traces to a Datadog agent (`PUT /v0.4/traces`).
///
/// Reads the recorder now and then and never asks the shop to wait: an agent that is slow or dead costs traces, which are counted, and
/// nothing else. While it does not answer, spans are not even looked at.
public final class DatadogTraceExporter: TelemetryExporter {
    /// Chunks that are written between two turns of the loop, so that requests do not wait for a whole payload.
    private static let chunksPerTurn = 32

    private let recorder: Recorder
    private let loop: EventLoop
    private let configuration: DatadogConfiguration.Traces
    private let sender: any HTTPSender
    private let counts: TracerMetrics
    private var random: SeededRandom
    private var assembler: TraceAssembler
    private var payload: TracePayload
    /// Spans in the payload as they were recorded, without companions.
    private var recordedCount = 0
    private var sampler = PrioritySampler()
    private var link = AgentLink()
    private var decisions = RecentMap<TraceID, PrioritySampler.Decision>()
    /// The version of the rates that the agent has sent, to be told only what changes.
    private var ratesVersion: String?
    private var position: Int
    /// Why the last payload was lost; nil while all goes well.
    public private(set) var lastFailure: String?
    private let report: (String) -> Void

    /// - Parameters:
    ///   - tags: On every span.
    ///   - report: Told when the agent stops taking traces, and when it takes them again.
    ///   - seed: For the length of waits; the exporter draws nothing from the shop's world, so that exporting changes no decision.
    public init(
        recorder: Recorder, loop: EventLoop, configuration: DatadogConfiguration.Traces, tags: [Attribute] = [], sender: any HTTPSender,
        runtimeID: String = "", processID: Int = 0, seed: UInt64 = 0, report: @escaping (String) -> Void = { _ in }
    ) {
        self.recorder = recorder
        self.loop = loop
        self.configuration = configuration
        self.sender = sender
        self.report = report
        counts = TracerMetrics(recorder.metrics)
        random = SeededRandom(seed: seed)
        assembler = TraceAssembler(limit: configuration.queueLimit)
        payload = TracePayload(process: TracePayload.Process(runtimeID: runtimeID, processID: processID), shared: tags)
        position = recorder.nextSpan
    }

    public func run() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: configuration.flushInterval) } catch { return }
            await sendReady(isLast: false)
        }
    }

    public func flush() async { await sendReady(isLast: true) }

    // MARK: Rounds

    private func sendReady(isLast: Bool) async {
        guard !link.isResting(at: loop.now) else { return skip() }
        collect()
        let traces = assembler.takeReady(at: loop.now, isLast: isLast)
        var written = 0
        for recorded in traces {
            // The agent stopped answering in this round: what is left would only be lost later.
            if link.isResting(at: loop.now) {
                counts.dropped(recorded.count, .unreachable)
                continue
            }
            add(recorded)
            if payload.byteCount >= configuration.payloadBytes { await send(isLast: isLast) }
            written += 1
            if written % Self.chunksPerTurn == 0 { await loop.hop() }
        }
        if payload.traceCount > 0 { await send(isLast: isLast) }
    }

    private func collect() {
        let reading = recorder.spans(since: position)
        position = reading.next
        let before = assembler.dropped
        assembler.append(reading.elements, at: loop.now)
        counts.dropped(reading.missed + assembler.dropped - before, .queueFull)
    }

    /// Passes over what was recorded, without a look at it.
    private func skip() {
        counts.dropped(recorder.nextSpan - position + assembler.count, .unreachable)
        position = recorder.nextSpan
        assembler.removeAll()
    }

    private func add(_ recorded: [Span]) {
        let chunk = TraceChunk(recorded, parent: assembler.parent)
        payload.add(chunk, decision(for: chunk))
        recordedCount += recorded.count
    }

    /// A trace keeps the decision that its first part was given; that of another tracer before us stands above ours.
    private func decision(for chunk: TraceChunk) -> PrioritySampler.Decision {
        let root = chunk.root
        if let known = decisions[root.trace] { return known }
        var decision = sampler.decide(root.trace.low, service: root.template.service.name, environment: root.template.service.environment)
        if let arrival = chunk.arrival, let priority = arrival.context.priority { decision = PrioritySampler.Decision(priority: priority, rate: nil) }
        decisions[root.trace] = decision
        return decision
    }

    // MARK: Sending

    private func send(isLast: Bool) async {
        let (spans, traces, recorded) = (payload.spanCount, payload.traceCount, recordedCount)
        recordedCount = 0
        let request = request(traces: traces, body: payload.take())
        for attempt in 1... {
            counts.requested()
            let outcome = await attemptOnce(request)
            switch link.decide(after: outcome, attempt: attempt, isLast: isLast || Task.isCancelled, now: loop.now, random: &random) {
            case .delivered:
                counts.sent(traces: traces, spans: spans, bytes: request.body.count)
                if lastFailure != nil { report("the Datadog agent at \(address) takes traces again") }
                lastFailure = nil
                return
            case .giveUp(let reason, let isReachable):
                counts.failed()
                counts.dropped(recorded, isReachable ? .refused : .unreachable)
                if lastFailure == nil { report("traces do not reach the Datadog agent at \(address) and are dropped: \(reason)") }
                lastFailure = reason
                return
            case .retry(let wait):
                counts.failed()
                do { try await loop.sleep(for: wait) } catch { return counts.dropped(recorded, .unreachable) }
            }
        }
    }

    private var address: String { configuration.socket ?? configuration.url }

    private func attemptOnce(_ request: ClientRequest) async -> Result<Int, ClientError> {
        do throws(ClientError) {
            let response = try await sender.send(request)
            if response.status == 200 {
                sampler.update(from: response.body)
                ratesVersion = response.headers["Datadog-Rates-Payload-Version"] ?? ratesVersion
            }
            return .success(response.status)
        } catch {
            return .failure(error)
        }
    }

    private func request(traces: Int, body: [UInt8]) -> ClientRequest {
        var headers = Headers([
            "Content-Type": "application/msgpack", "Datadog-Meta-Lang": "swift", "Datadog-Meta-Lang-Version": "6",
            "Datadog-Meta-Tracer-Version": "1.0.0", "X-Datadog-Trace-Count": String(traces), "Datadog-Client-Computed-Top-Level": "yes",
            "Datadog-Send-Real-Http-Status": "true",
        ])
        if let ratesVersion { headers.add("Datadog-Rates-Payload-Version", ratesVersion) }
        var request = ClientRequest(method: "PUT", url: configuration.url + "/v0.4/traces", headers: headers, body: body, timeout: configuration.timeout)
        request.unixSocket = configuration.socket
        return request
    }
}
