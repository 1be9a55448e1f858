import Base

/// The processor `tail_sampling` of OpenTelemetry's collector: holds the spans of a trace for a while, then asks its policies about the whole trace.
///
/// Decides, and does nothing else: spans and ticks in, traces to hand on out. Memory is bounded by the number of traces and of spans.
struct TailSampler {
    struct Settings: Sendable {
        /// From the first span of a trace to the decision; decisions fall once a second.
        var wait: Duration
        /// Traces in memory, decided ones included. With one more the oldest is forgotten, decided or not.
        var traceLimit: Int
        var stopsAtFirstMatch: Bool
        var policies: [NamedPolicy]
    }

    /// What one policy has said so far.
    struct PolicyCounts: Sendable, Equatable {
        var name: String
        var type: String
        var sampled = 0
        var notSampled = 0
        var dropped = 0
        var sampledSpans = 0
        /// Traces that no other policy wanted.
        var alone = 0
    }

    struct Counts: Sendable, Equatable {
        var received = 0
        var sampled = 0
        var notSampled = 0
        /// Forgotten before their time was over.
        var droppedTooEarly = 0
        var lateSpans = 0
    }

    private struct Held {
        /// Empty once the decision has fallen.
        var spans: [Span]
        var isKept: Bool?
        /// Tells a trace from one that came back with the same identifier.
        var serial: Int
    }

    /// Recorded spans that wait at most.
    static let spanLimit = 200_000

    private var settings: Settings
    private var traces: [TraceID: Held] = [:]
    /// In the order of their arrival: what is forgotten first, and what is decided first.
    private var memory = Deque<(id: TraceID, serial: Int)>()
    private var waiting = Deque<(id: TraceID, serial: Int, tick: Int64)>()
    private var heldSpans = 0
    private(set) var counts = Counts()
    private(set) var policyCounts: [PolicyCounts]

    init(_ settings: Settings) {
        self.settings = settings
        policyCounts = settings.policies.map { PolicyCounts(name: $0.name, type: $0.type) }
    }

    var tracesInMemory: Int { traces.count }
    /// The tick with the next decisions; nil when nothing waits.
    var nextDecision: Int64? { waiting.isEmpty ? nil : waiting[0].tick }

    /// Takes one span.
    ///
    /// - Parameter tick: Number of the second in which it came.
    /// - Returns: True when the trace is kept already: the span goes on at once.
    mutating func receive(_ span: Span, tick: Int64) -> Bool {
        if let isKept = traces[span.trace]?.isKept {
            counts.lateSpans += 1
            return isKept
        }
        if traces[span.trace] == nil { begin(span.trace, tick) }
        traces[span.trace]?.spans.append(span)
        heldSpans += 1
        while heldSpans > Self.spanLimit, traces.count > 1 { forgetOldest() }
        return false
    }

    private mutating func begin(_ id: TraceID, _ tick: Int64) {
        counts.received += 1
        let serial = counts.received
        if memory.count >= settings.traceLimit { forgetOldest() }
        traces[id] = Held(spans: [], isKept: nil, serial: serial)
        memory.append((id, serial))
        // The second that has begun does not count.
        let seconds = max(1, settings.wait.nanoseconds / 1_000_000_000)
        waiting.append((id, serial, tick + 1 + seconds))
    }

    private mutating func forgetOldest() {
        guard let oldest = memory.popFirst(), let held = traces[oldest.id], held.serial == oldest.serial else { return }
        if held.isKept == nil { counts.droppedTooEarly += 1 }
        heldSpans -= held.spans.count
        traces[oldest.id] = nil
    }

    /// Decides about the traces whose time is over and gives those that are kept, in the order of their arrival.
    ///
    /// - Parameter isLast: Nothing more will come: nobody waits any longer.
    mutating func decide(tick: Int64, at time: Timestamp, isLast: Bool = false) -> [(id: TraceID, spans: [Span])] {
        var kept: [(id: TraceID, spans: [Span])] = []
        while waiting.count > 0, isLast || waiting[0].tick <= tick, let next = waiting.popFirst() {
            guard let held = traces[next.id], held.serial == next.serial, held.isKept == nil else { continue }
            let isKept = isKept(WaitedTrace(id: next.id, recorded: held.spans), at: time)
            traces[next.id] = Held(spans: [], isKept: isKept, serial: held.serial)
            heldSpans -= held.spans.count
            if isKept {
                counts.sampled += 1
                kept.append((next.id, held.spans))
            } else {
                counts.notSampled += 1
            }
        }
        return kept
    }

    /// Every policy is asked, also when the answer is known, so that the counts of each say what it alone would do.
    private mutating func isKept(_ trace: WaitedTrace, at time: Timestamp) -> Bool {
        var decisions: [SamplingDecision] = []
        var wanting: [Int] = []
        // Dropping comes before everything else.
        for index in settings.policies.indices.sorted(by: { settings.policies[$0].isDropping && !settings.policies[$1].isDropping }) {
            let decision = settings.policies[index].decide(trace, at: time)
            decisions.append(decision)
            count(decision, of: index, trace)
            if decision.isSampled { wanting.append(index) }
            if decision == .dropped || settings.stopsAtFirstMatch && decision == .sampled { break }
        }
        if wanting.count == 1 { policyCounts[wanting[0]].alone += 1 }
        if decisions.contains(.dropped) || decisions.contains(.invertNotSampled) { return false }
        return decisions.contains(.sampled) || decisions.contains(.invertSampled) && !decisions.contains(.notSampled)
    }

    private mutating func count(_ decision: SamplingDecision, of index: Int, _ trace: WaitedTrace) {
        switch decision {
        case .sampled, .invertSampled:
            policyCounts[index].sampled += 1
            policyCounts[index].sampledSpans += trace.spans.count
        case .notSampled, .invertNotSampled: policyCounts[index].notSampled += 1
        case .dropped: policyCounts[index].dropped += 1
        }
    }
}

extension NamedPolicy {
    fileprivate var isDropping: Bool { type == DropPolicy.type }
}
