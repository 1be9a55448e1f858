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
        // Outer spans first where starts are equal; the position decides the rest, so that the order is always the same.
        return expanded.enumerated().sorted {
            ($0.element.start.nanoseconds, -$0.element.durationNanoseconds, $0.offset)
                < ($1.element.start.nanoseconds, -$1.element.durationNanoseconds, $1.offset)
        }.map(\.element)
    }
}
