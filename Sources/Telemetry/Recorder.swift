import Base

/// One shop's telemetry: the newest spans, log records and events in bounded memory, and its metrics.
///
/// Belongs to the shop's loop and is used only there. Recording stores and does nothing else; whatever can be worked out later
/// (traces, companions, request statistics) is worked out by those who read.
public final class Recorder {
    /// Largest numbers kept. The defaults cost about 16 MiB when full of typical spans and lines.
    public struct Limits: Sendable {
        public var spans: Int
        public var logs: Int
        public var events: Int
        /// Memory for metrics with time, in units of about eight bytes; a point takes 8 to about 60 of them.
        public var history: Int

        public init(spans: Int = 20_000, logs: Int = 10_000, events: Int = 1_000, history: Int = 500_000) {
            self.spans = spans
            self.logs = logs
            self.events = events
            self.history = history
        }
    }

    /// How many were forgotten because newer ones needed the place.
    public struct Drops: Sendable, Equatable {
        public var spans = 0
        public var logs = 0
        public var events = 0
    }

    public var level: Instrumentation { didSet { metrics.isEnabled = level != .none } }
    /// False where nobody will ever look: spans, lines and events are then thrown away at once. All else is as it would be.
    public let hasReaders: Bool
    public let metrics = Metrics()
    private var spans: Ring<Span>
    private var logs: Ring<LogRecord>
    private var events: Ring<Event>
    /// Which traces X-Ray gets.
    public var sampling: TraceSampling
    /// What others have told X-Ray.
    public var receivedSegments = ReceivedSegments()
    public var xray = XRayAccount()
    private let limits: Limits
    /// Labels that hold for everything that the shop measures, for example `env`.
    public var sharedLabels: LabelSet = [:]
    var statistics = RequestStatistics()
    var history = MetricHistory()
    let historyLimit: Int
    /// When the next stretch of `history` begins, in nanoseconds since the epoch.
    var nextSample = Int64.min
    /// The next span that the statistics have not counted.
    private var statisticsCursor = 0
    private var cachedIndex: TraceIndex?

    public init(limits: Limits = Limits(), level: Instrumentation = .full, hasReaders: Bool = true) {
        spans = Ring(capacity: limits.spans)
        logs = Ring(capacity: limits.logs)
        events = Ring(capacity: limits.events)
        historyLimit = limits.history
        sampling = TraceSampling(limit: limits.spans)
        self.limits = limits
        self.level = level
        self.hasReaders = hasReaders
        metrics.isEnabled = level != .none
    }

    // MARK: Recording

    /// True when spans are kept; callers skip the work of making them otherwise.
    public var recordsSpans: Bool { level == .full }
    /// True when logs, metrics and events are kept.
    public var isEnabled: Bool { level != .none }

    public func record(_ span: Span) {
        guard level == .full, hasReaders else { return }
        // Counted in blocks, before the ring would forget them: a block's work stays in the cache and off the common path.
        if spans.nextSequence &- statisticsCursor >= min(spans.capacity, Self.statisticsBlock) { updateStatistics() }
        spans.append(span)
    }

    public func record(_ log: LogRecord) {
        guard level != .none, hasReaders else { return }
        logs.append(log)
    }

    public func record(_ event: Event) {
        guard level != .none, hasReaders else { return }
        events.append(event)
    }

    /// Forgets everything and sets all metrics to zero; metric handles and readers' positions stay valid.
    public func reset() {
        spans.removeAll()
        logs.removeAll()
        events.removeAll()
        metrics.reset()
        history = MetricHistory()
        nextSample = .min
        statistics = RequestStatistics()
        statisticsCursor = spans.nextSequence
        cachedIndex = nil
        sampling = TraceSampling(limit: limits.spans)
        receivedSegments = ReceivedSegments()
        xray.groups = []
    }

    // MARK: Reading

    public var drops: Drops { Drops(spans: spans.dropped, logs: logs.dropped, events: events.dropped) }
    public var spanCount: Int { spans.count }
    public var logCount: Int { logs.count }
    public var eventCount: Int { events.count }

    /// The number that the next span will get: where a reader starts that wants only what comes from now on.
    public var nextSpan: Int { spans.nextSequence }
    public var nextLog: Int { logs.nextSequence }
    public var nextEvent: Int { events.nextSequence }

    /// Spans as recorded, without companions, in the order of their ends.
    public func spans(since sequence: Int = 0, limit: Int = .max) -> Reading<Span> { spans.read(since: sequence, limit: limit) }
    public func logs(since sequence: Int = 0, limit: Int = .max) -> Reading<LogRecord> { logs.read(since: sequence, limit: limit) }
    public func events(since sequence: Int = 0, limit: Int = .max) -> Reading<Event> { events.read(since: sequence, limit: limit) }

    /// All spans with their companions, trace by trace in the order in which the traces' first spans ended.
    public var expandedSpans: [Span] {
        let index = traceIndex
        return (0..<index.count).flatMap { index.spans(ofTraceAt: $0, in: self) }
    }

    /// All metrics, the request statistics of the spans (`trace.<operation>.hits`, `.errors`, `.duration`) among them.
    public func metricFamilies() -> [MetricFamily] {
        guard isEnabled else { return [] }
        updateStatistics()
        return metrics.snapshot() + statistics.families()
    }

    /// The traces as they are now; made anew only when a span was recorded since.
    var traceIndex: TraceIndex {
        if let cachedIndex, cachedIndex.covers(spans.firstSequence..<spans.nextSequence) { return cachedIndex }
        let index = TraceIndex(of: spans)
        cachedIndex = index
        return index
    }

    func span(_ sequence: Int) -> Span { spans[sequence] }

    var spanSequences: Range<Int> { spans.firstSequence..<spans.nextSequence }

    private static let statisticsBlock = 256

    func updateStatistics() {
        for sequence in max(statisticsCursor, spans.firstSequence)..<spans.nextSequence { statistics.count(spans[sequence]) }
        statisticsCursor = spans.nextSequence
    }
}
