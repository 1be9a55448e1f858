import Base
import Telemetry

/// Recorded spans on their way out, held until their parents are known.
///
/// A child ends, and is recorded, before its parent; but only the parent's template tells whether a companion adopts the child. So
/// a span waits for its parent unless that cannot matter, or until it has waited too long.
struct SpanQueue {
    /// A request that takes longer exports its early spans under the recorded parent itself.
    static let holdLimit = Duration.seconds(30)

    private struct Waiting {
        var span: Span
        var since: Timestamp
    }

    let limit: Int
    private var waiting: [Waiting] = []
    /// Spans seen lately, with the companion that adopts their children, 0 for none.
    private var recent = RecentMap<UInt64, UInt64>()
    private(set) var dropped = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { waiting.count }

    /// Takes newly recorded spans in; the oldest are dropped when too many wait.
    mutating func append(_ spans: [Span], missed: Int, at time: Timestamp) {
        dropped += missed
        for span in spans {
            recent[span.id] = SpanExpansion.adopter(of: span) ?? 0
            waiting.append(Waiting(span: span, since: time))
        }
        let excess = waiting.count - limit
        if excess > 0 {
            waiting.removeFirst(excess)
            dropped += excess
        }
    }

    /// Removes up to `batchLimit` spans that are ready and gives them with their companions; empty when none is.
    ///
    /// - Parameter isLast: Nothing more will come: nobody waits any longer.
    mutating func takeBatch(of batchLimit: Int, at time: Timestamp, isLast: Bool = false) -> (spans: [Span], recordedCount: Int) {
        var taken: [Span] = []
        var rest: [Waiting] = []
        for item in waiting {
            if taken.count < batchLimit && (isLast || isReady(item, at: time)) { taken.append(item.span) } else { rest.append(item) }
        }
        waiting = rest
        var adopters: [UInt64: UInt64] = [:]
        for span in taken { if let adopter = recent[span.parent], adopter != 0 { adopters[span.parent] = adopter } }
        return (SpanExpansion.expand(taken, adopters: adopters), taken.count)
    }

    private func isReady(_ item: Waiting, at time: Timestamp) -> Bool {
        let kind = item.span.template.kind
        // What enters a service was called from a client span or from outside; neither has companions that adopt.
        if item.span.parent == 0 || kind == .server || kind == .consumer { return true }
        return recent[item.span.parent] != nil || time - item.since >= Self.holdLimit
    }
}
