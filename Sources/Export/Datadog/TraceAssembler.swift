import Base
import Telemetry

/// Recorded spans on their way out, put together trace by trace.
///
/// A request's spans are recorded one by one, its own span last; an agent wants them together. So they wait until nothing of the trace is
/// missing any more: until the parent of each is known, or has not come for so long that it must be somebody else's.
struct TraceAssembler {
    /// A request that takes longer sends its early spans alone.
    static let holdLimit = Duration.seconds(30)
    /// The caller of a request that entered a service is recorded right after it when it is in this process.
    static let callerLimit = Duration.seconds(2)

    /// What later children need to know of a span.
    struct Parent: Sendable {
        var service: String
        /// The companion that adopts its children; 0 for none.
        var adopter: UInt64
    }

    private struct Waiting {
        var span: Span
        var since: Timestamp
    }

    let limit: Int
    private var waiting: [Waiting] = []
    private var recent = RecentMap<UInt64, Parent>()
    private(set) var dropped = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { waiting.count }

    func parent(_ id: UInt64) -> Parent? { recent[id] }

    /// Takes newly recorded spans in. When too many wait, the oldest go, with all that is here of their traces.
    mutating func append(_ spans: [Span], at time: Timestamp) {
        for span in spans {
            recent[span.id] = Parent(service: span.template.service.name, adopter: SpanExpansion.adopter(of: span) ?? 0)
            waiting.append(Waiting(span: span, since: time))
        }
        let excess = waiting.count - limit
        guard excess > 0 else { return }
        let victims = Set(waiting.prefix(excess).map(\.span.trace))
        let before = waiting.count
        waiting.removeAll { victims.contains($0.span.trace) }
        dropped += before - waiting.count
    }

    /// Removes the traces of which nothing more is expected, in the order of their first spans.
    ///
    /// - Parameter isLast: Nothing more will come: nobody waits any longer.
    mutating func takeReady(at time: Timestamp, isLast: Bool = false) -> [[Span]] {
        var positions: [TraceID: Int] = [:]
        var traces: [(spans: [Span], isReady: Bool)] = []
        for item in waiting {
            let isReady = isLast || isReady(item, at: time)
            if let position = positions[item.span.trace] {
                traces[position].spans.append(item.span)
                traces[position].isReady = traces[position].isReady && isReady
            } else {
                positions[item.span.trace] = traces.count
                traces.append(([item.span], isReady))
            }
        }
        waiting.removeAll { traces[positions[$0.span.trace]!].isReady }
        return traces.lazy.filter(\.isReady).map(\.spans)
    }

    mutating func removeAll() {
        dropped += waiting.count
        waiting = []
    }

    private func isReady(_ item: Waiting, at time: Timestamp) -> Bool {
        if item.span.parent == 0 || recent[item.span.parent] != nil { return true }
        let kind = item.span.template.kind
        let patience = kind == .server || kind == .consumer ? Self.callerLimit : Self.holdLimit
        return time - item.since >= patience
    }
}
