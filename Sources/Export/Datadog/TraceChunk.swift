import Telemetry

/// What is sent of one trace at a time, with what the tracer adds to its spans.
struct TraceChunk {
    /// A larger trace is sent in pieces: an agent has to hold one whole.
    static let spanLimit = 5_000

    struct Member {
        var span: Span
        /// The first span of the trace in its service, for which the agent counts requests.
        var isTopLevel: Bool
        /// The service whose request this span served, where it goes under the name of another one.
        var baseService: String?
    }

    /// The outermost span first.
    private(set) var members: [Member]
    /// What the request brought along from another tracer.
    private(set) var arrival: Span.Arrival?

    /// - Parameters:
    ///   - recorded: Spans of one trace, as recorded.
    ///   - parent: What is known of spans that were sent before.
    init(_ recorded: [Span], parent: (UInt64) -> TraceAssembler.Parent?) {
        var adopters: [UInt64: UInt64] = [:]
        var services: [UInt64: String] = [:]
        for span in recorded {
            guard span.parent != 0, let known = parent(span.parent) else { continue }
            if known.adopter != 0 { adopters[span.parent] = known.adopter }
            services[known.adopter != 0 ? known.adopter : span.parent] = known.service
        }
        let spans = SpanExpansion.expand(recorded, adopters: adopters)
        var positions: [UInt64: Int] = [:]
        for (position, span) in spans.enumerated() {
            services[span.id] = span.template.service.name
            positions[span.id] = position
        }
        let bases = Self.baseServices(spans, positions)
        members = spans.indices.map { position in
            let service = spans[position].template.service.name
            let base = bases[position]
            return Member(span: spans[position], isTopLevel: services[spans[position].parent] != service, baseService: base == service ? nil : base)
        }
        arrival = nil
        // A span ends, and is recorded, after what it contains: the outermost is found from the end.
        guard let root = spans.lastIndex(where: { positions[$0.parent] == nil }) else { return }
        members.swapAt(0, root)
        arrival = members[0].span.arrival ?? recorded.lazy.compactMap(\.arrival).first
    }

    /// For each span the service of the nearest request around it; nil where that is not known.
    private static func baseServices(_ spans: [Span], _ positions: [UInt64: Int]) -> [String?] {
        var bases = [String?](repeating: nil, count: spans.count)
        for position in spans.indices {
            var current: Int? = position
            // Identifiers come from outside as well, and could form a circle.
            var steps = 0
            while let at = current, steps < 100 {
                if spans[at].template.kind == .server || spans[at].template.kind == .consumer {
                    bases[position] = spans[at].template.service.name
                    break
                }
                current = positions[spans[at].parent]
                steps += 1
            }
        }
        return bases
    }

    var root: Span { members[0].span }

    /// The chunk in pieces of at most `spanLimit` spans.
    var pieces: [ArraySlice<Member>] {
        stride(from: 0, to: members.count, by: Self.spanLimit).map { members[$0..<min($0 + Self.spanLimit, members.count)] }
    }
}
