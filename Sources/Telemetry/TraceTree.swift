import Base

/// Who called whom in one trace, by positions in `trace.spans`.
public struct TraceTree {
    public let trace: Trace
    public let children: [[Int]]
    /// Position of the parent; nil for a root and for a span whose parent is not known here.
    public let parents: [Int?]

    public init(_ trace: Trace) {
        self.trace = trace
        let positions = Dictionary(trace.spans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var children = [[Int]](repeating: [], count: trace.spans.count)
        var parents = [Int?](repeating: nil, count: trace.spans.count)
        for (position, span) in trace.spans.enumerated() {
            // A span that names itself as parent would make an endless tree.
            guard span.parent != 0, let parent = positions[span.parent], parent != position else { continue }
            children[parent].append(position)
            parents[position] = parent
        }
        self.children = children
        self.parents = parents
    }

    /// All spans below one, without itself.
    public func descendants(of position: Int) -> [Int] {
        var found: [Int] = []
        var open = children[position]
        var seen: Set<Int> = [position]
        while let next = open.popLast() {
            // Identifiers come from outside as well, and could form a circle.
            guard seen.insert(next).inserted else { continue }
            found.append(next)
            open.append(contentsOf: children[next])
        }
        return found
    }

    /// The part of a span's duration during which none of its direct children ran.
    public func selfTime(of position: Int) -> Duration {
        let span = trace.spans[position]
        var covered: Int64 = 0
        var reached = span.start.nanoseconds
        // Children are in the order of their starts, as the trace's spans are.
        for child in children[position] {
            let start = max(trace.spans[child].start.nanoseconds, reached)
            let end = min(trace.spans[child].end.nanoseconds, span.end.nanoseconds)
            if end > start {
                covered += end - start
                reached = end
            }
        }
        return .nanoseconds(span.durationNanoseconds - covered)
    }
}
