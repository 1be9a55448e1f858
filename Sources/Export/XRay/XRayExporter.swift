import Base
import Telemetry
import XRay

/// Sends a shop's sampled traces to an X-Ray daemon, one segment document in each datagram.
///
/// Reads the recorder now and then and never asks the shop to wait. Nobody answers a datagram: what the daemon has no place for is lost,
/// what is lost before is counted.
public final class XRayExporter: TelemetryExporter {
    private enum Loss: String, CaseIterable {
        case queueFull = "queue_full"
        case tooLarge = "too_large"
    }

    static let header = Array(#"{"format":"json","version":1}"#.utf8) + [UInt8(ascii: "\n")]
    /// Traces that are written between two turns of the loop, so that requests do not wait for all.
    private static let tracesPerTurn = 32

    private let recorder: Recorder
    private let loop: EventLoop
    private let interval: Duration
    private let splitter: SegmentSplitter
    private var assembler: TraceAssembler
    private var channel: DatagramChannel
    private var position: Int
    private let losses: [Loss: Metrics.Counter]

    /// - Parameter open: Makes a sender; called again when sending fails.
    public init(recorder: Recorder, loop: EventLoop, configuration: XRayConfiguration, open: @escaping () async throws -> any DatagramSender) {
        self.recorder = recorder
        self.loop = loop
        interval = configuration.flushInterval
        splitter = SegmentSplitter(byteLimit: configuration.datagramBytes - Self.header.count)
        assembler = TraceAssembler(limit: configuration.queueLimit)
        let metrics = recorder.metrics
        channel = DatagramChannel(
            metrics: metrics,
            counters: DatagramChannel.Counters(
                sent: metrics.counter("aws.xray.documents_sent", help: "Segment documents handed to the system."),
                sentBytes: metrics.counter("aws.xray.bytes_sent", help: "Bytes handed to the system.", unit: "By"),
                dropped: metrics.counter("aws.xray.documents_dropped", help: "Segment documents that nobody took.")),
            open: open)
        losses = Dictionary(
            uniqueKeysWithValues: Loss.allCases.map { loss in
                (loss, metrics.counter("aws.xray.spans_dropped", help: "Spans and subsegments that were not sent.", labels: ["reason": loss.rawValue]))
            })
        position = recorder.nextSpan
    }

    public func run() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: interval) } catch { return }
            await send(isLast: false)
        }
    }

    public func flush() async { await send(isLast: true) }

    private func send(isLast: Bool) async {
        collect()
        var written = 0
        for spans in assembler.takeReady(at: loop.now, isLast: isLast) {
            await channel.send(datagrams(of: spans), at: loop.now)
            written += 1
            if written % Self.tracesPerTurn == 0 { await loop.hop() }
        }
    }

    private func collect() {
        let reading = recorder.spans(since: position)
        position = reading.next
        let before = assembler.dropped
        // Most traces are not sampled: they need no place.
        assembler.append(reading.elements.filter { recorder.sampling.isSampled($0.trace) }, at: loop.now)
        count(reading.missed + assembler.dropped - before, .queueFull)
    }

    private func count(_ amount: Int, _ loss: Loss) { recorder.metrics.add(Double(amount), to: losses[loss]!) }

    private func datagrams(of spans: [Span]) -> [[UInt8]] {
        var adopters: [UInt64: UInt64] = [:]
        for span in spans { if let known = assembler.parent(span.parent), known.adopter != 0 { adopters[span.parent] = known.adopter } }
        let rule = spans.first.flatMap { recorder.sampling.decision(of: $0.trace)?.rule } ?? ""
        var datagrams: [[UInt8]] = []
        for (segment, limit) in SegmentBuilder(spans, adopters: adopters, rule: rule).limitedSegments() {
            let (documents, lost) = splitter.documents(of: segment, subsegmentLimit: limit)
            count(lost, .tooLarge)
            datagrams += documents.map { Self.header + $0 }
        }
        return datagrams
    }
}
