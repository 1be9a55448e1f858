import Base

/// Reads a shop's recorder as a collector receives spans, and hands on what its pipelines keep.
///
/// Belongs to the shop's loop. A span comes when it ends, so that the same telemetry gives the same decisions, however often somebody looks.
public final class Collector {
    /// One pipeline at work.
    private struct Line {
        let pipeline: CollectorConfiguration.Pipeline
        var sampler: TailSampler?
        var handedOn = 0
    }

    public private(set) var configuration: CollectorConfiguration
    private let recorder: Recorder
    private var lines: [Line]
    private var position: Int
    /// Spans that the recorder had forgotten before they were read.
    private var missed = 0
    private let start: Timestamp
    private var tick: Int64 = 0
    /// Traces that were received, with the sequence number of their newest span, and those of them that are kept by some pipeline.
    private var seen: [TraceID: Int] = [:]
    private var kept: Set<TraceID> = []
    /// Takes the spans that a pipeline hands on, as recorded.
    public var outlet: ((_ pipeline: String, _ attributes: AttributeActions, _ spans: [Span]) -> Void)?

    public init(_ configuration: CollectorConfiguration, recorder: Recorder, now: Timestamp) {
        self.configuration = configuration
        self.recorder = recorder
        start = now
        position = recorder.nextSpan
        lines = Self.lines(configuration)
    }

    private static func lines(_ configuration: CollectorConfiguration) -> [Line] {
        configuration.pipelines.map { Line(pipeline: $0, sampler: $0.sampling.map(TailSampler.init)) }
    }

    /// Goes on with other pipelines, as a collector does that was restarted: traces that were not decided are lost.
    public func restart(with configuration: CollectorConfiguration, now: Timestamp) {
        advance(to: now)
        self.configuration = configuration
        lines = Self.lines(configuration)
    }

    /// As if nothing had come yet: telemetry begins anew, and with it perhaps the same identifiers.
    public func reset(now: Timestamp) {
        position = recorder.nextSpan
        missed = 0
        lines = Self.lines(configuration)
        seen = [:]
        kept = []
        tick = (now - start).nanoseconds / 1_000_000_000
    }

    /// Receives what was recorded, and decides what is to be decided until then.
    public func advance(to now: Timestamp) {
        // Where nothing is decided and nobody takes anything, there is nothing to read.
        if outlet == nil, !lines.contains(where: { $0.sampler != nil }) {
            position = recorder.nextSpan
            return
        }
        let reading = recorder.spans(since: position)
        missed += reading.missed
        var sequence = reading.next - reading.elements.count
        position = reading.next
        var direct: [[Span]] = lines.map { _ in [] }
        for span in reading.elements {
            tickUntil(min(span.end, now))
            seen[span.trace] = sequence
            sequence += 1
            for index in lines.indices {
                let passes = lines[index].sampler?.receive(span, tick: tick) ?? true
                if passes { direct[index].append(span) }
            }
        }
        for (index, spans) in direct.enumerated() where !spans.isEmpty { handOn(spans, by: index) }
        tickUntil(now)
        forget()
    }

    /// Decides about everything that still waits: for the end of the program.
    public func finish(at now: Timestamp) {
        advance(to: now)
        decide(at: now, isLast: true)
    }

    private func tickUntil(_ time: Timestamp) {
        let last = (time - start).nanoseconds / 1_000_000_000
        guard last > tick else { return }
        // Second by second where something is decided, so that policies that count by the second do not see when somebody looked.
        while let next = lines.compactMap({ $0.sampler?.nextDecision }).min(), next <= last {
            tick = max(tick, next)
            decide(at: start + .seconds(tick), isLast: false)
        }
        tick = last
    }

    private func decide(at time: Timestamp, isLast: Bool) {
        for index in lines.indices {
            for trace in lines[index].sampler?.decide(tick: tick, at: time, isLast: isLast) ?? [] {
                kept.insert(trace.id)
                handOn(trace.spans, by: index)
            }
        }
    }

    private func handOn(_ spans: [Span], by index: Int) {
        lines[index].handedOn += spans.count
        outlet?(lines[index].pipeline.name, lines[index].pipeline.attributes, spans)
    }

    /// Of traces that the recorder has forgotten nobody asks any more.
    private func forget() {
        guard seen.count > 2 * recorder.spanCount + 1_000 else { return }
        let first = recorder.nextSpan - recorder.spanCount
        seen = seen.filter { $0.value >= first }
        kept.formIntersection(seen.keys)
    }

    /// True when a back end behind the pipelines has the trace.
    ///
    /// Traces from before there was a collector are there as well.
    public func hasHandedOn(_ trace: TraceID) -> Bool {
        configuration.handsEverythingOn || kept.contains(trace) || seen[trace] == nil
    }
}

extension Collector {
    /// What came of the traces so far, pipeline by pipeline and policy by policy.
    public var report: Value {
        .object([
            "missedSpans": .int(missed),
            "pipelines": .list(
                lines.map { line in
                    var fields: [(String, Value)] = [("name", .string(line.pipeline.name)), ("handedOnSpans", .int(line.handedOn))]
                    if let sampler = line.sampler { fields += sampler.report }
                    return .record(Record(fields))
                }),
        ])
    }

    /// The same as metrics, named as a collector names its own.
    public var metricFamilies: [MetricFamily] {
        func family(_ name: String, _ help: String, _ kind: MetricFamily.Kind, _ points: [(LabelSet, Int)]) -> MetricFamily {
            MetricFamily(
                name: "otelcol.processor.tail_sampling." + name, help: help, unit: "", kind: kind,
                points: points.map { MetricFamily.Point(labels: $0.0, value: .number(Double($0.1))) })
        }
        let samplers = lines.compactMap { line in line.sampler.map { (line.pipeline.name, $0) } }
        if samplers.isEmpty { return [] }
        return [
            family(
                "count_traces_sampled", "Traces by policy and decision.", .counter,
                samplers.flatMap { pipeline, sampler in
                    sampler.policyCounts.flatMap { policy in
                        [("sampled", policy.sampled), ("not_sampled", policy.notSampled), ("dropped", policy.dropped)].map { decision, count in
                            (["pipeline": pipeline, "policy": policy.name, "decision": decision, "sampled": decision == "sampled" ? "true" : "false"], count)
                        }
                    }
                }),
            family(
                "global_count_traces_sampled", "Traces by the decision of all policies together.", .counter,
                samplers.flatMap { pipeline, sampler in
                    [("true", sampler.counts.sampled), ("false", sampler.counts.notSampled)].map { (["pipeline": pipeline, "sampled": $0], $1) }
                }),
            family("new_trace_id_received", "Traces of which a span came.", .counter, samplers.map { (["pipeline": $0], $1.counts.received) }),
            family(
                "sampling_trace_dropped_too_early", "Traces that were forgotten before they were decided.", .counter,
                samplers.map { (["pipeline": $0], $1.counts.droppedTooEarly) }),
            family("sampling_traces_on_memory", "Traces in memory.", .gauge, samplers.map { (["pipeline": $0], $1.tracesInMemory) }),
        ]
    }
}

extension TailSampler {
    fileprivate var report: [(String, Value)] {
        [
            ("received", .int(counts.received)), ("sampled", .int(counts.sampled)), ("notSampled", .int(counts.notSampled)),
            ("droppedTooEarly", .int(counts.droppedTooEarly)), ("inMemory", .int(tracesInMemory)), ("lateSpans", .int(counts.lateSpans)),
            (
                "policies",
                .list(
                    policyCounts.map { policy in
                        .object([
                            "name": .string(policy.name), "type": .string(policy.type), "sampled": .int(policy.sampled), "notSampled": .int(policy.notSampled),
                            "dropped": .int(policy.dropped), "sampledSpans": .int(policy.sampledSpans), "alone": .int(policy.alone),
                        ])
                    })
            ),
        ]
    }
}
