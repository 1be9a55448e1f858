import Base

/// The spans of one trace that are still known, companions included, in the order of their starts.
public struct Trace: Sendable {
    public let id: TraceID
    public let spans: [Span]

    public init(id: TraceID, spans: [Span]) {
        self.id = id
        self.spans = spans
    }

    public var start: Timestamp { spans.first?.start ?? Timestamp(nanoseconds: 0) }

    /// From the first start to the last end.
    public var duration: Duration { (spans.map(\.end).max() ?? start) - start }
}
