import Base

/// Which spans of a ring belong to which trace: sequence numbers sorted by trace, so that a trace costs no array of its own.
struct TraceIndex {
    private let sequences: Range<Int>
    /// Traces in the order of their first spans.
    private let traces: [TraceID]
    private let positions: [TraceID: Int]
    /// The members of trace `n` are `members[offsets[n]..<offsets[n + 1]]`, relative to the first sequence number.
    private let offsets: [Int32]
    private let members: [Int32]

    init(of ring: Ring<Span>) {
        sequences = ring.firstSequence..<ring.nextSequence
        var traces: [TraceID] = []
        var positions: [TraceID: Int] = [:]
        var counts: [Int32] = []
        var owner: [Int32] = []
        owner.reserveCapacity(ring.count)
        for sequence in sequences {
            let trace = ring[sequence].trace
            let position = positions[trace] ?? traces.count
            if position == traces.count {
                positions[trace] = position
                traces.append(trace)
                counts.append(0)
            }
            counts[position] += 1
            owner.append(Int32(position))
        }
        var offsets: [Int32] = [0]
        for count in counts { offsets.append(offsets.last! + count) }
        var next = offsets
        var members = [Int32](repeating: 0, count: owner.count)
        for (relative, position) in owner.enumerated() {
            members[Int(next[Int(position)])] = Int32(relative)
            next[Int(position)] += 1
        }
        self.traces = traces
        self.positions = positions
        self.offsets = offsets
        self.members = members
    }

    var count: Int { traces.count }

    func covers(_ range: Range<Int>) -> Bool { sequences == range }

    func position(of trace: TraceID) -> Int? { positions[trace] }

    /// The newest trace whose low 64 bits are these.
    func position(ofLowHalf low: UInt64) -> Int? { traces.lastIndex { $0.low == low } }

    func identifier(ofTraceAt position: Int) -> TraceID { traces[position] }

    func recordedSpans(ofTraceAt position: Int, in recorder: Recorder) -> [Span] {
        members[Int(offsets[position])..<Int(offsets[position + 1])].map { recorder.span(sequences.lowerBound + Int($0)) }
    }

    /// With companions, in the order of their starts.
    func spans(ofTraceAt position: Int, in recorder: Recorder) -> [Span] {
        let expanded = SpanExpansion.expand(recordedSpans(ofTraceAt: position, in: recorder))
        let depths = Self.depths(of: expanded)
        // Where starts are equal a span comes before those below it; the position decides the rest, so that the order is always the same.
        return expanded.indices.sorted { left, right in
            (expanded[left].start.nanoseconds, depths[left], left) < (expanded[right].start.nanoseconds, depths[right], right)
        }.map { expanded[$0] }
    }

    /// How many of the given spans are above each.
    private static func depths(of spans: [Span]) -> [Int] {
        let positions = Dictionary(spans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var depths = [Int](repeating: -1, count: spans.count)
        for start in spans.indices where depths[start] < 0 {
            var path = [start]
            // Identifiers come from outside as well, and could form a circle.
            while let parent = positions[spans[path[path.count - 1]].parent], depths[parent] < 0, path.count < spans.count { path.append(parent) }
            var depth = positions[spans[path[path.count - 1]].parent].map { depths[$0] } ?? -1
            for position in path.reversed() {
                depth += 1
                depths[position] = depth
            }
        }
        return depths
    }
}
