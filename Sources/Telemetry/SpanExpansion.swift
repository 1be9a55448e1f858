import Base

/// Makes the companions of recorded spans: the spans that a framework's tracer would have produced around and beside them.
public enum SpanExpansion {
    /// The given spans with their companions behind them, children moved under the companion that adopts them. Children that came
    /// after the handler stay where they are.
    ///
    /// - Parameters:
    ///   - spans: Spans as recorded, usually all of one trace.
    ///   - adopters: For spans recorded elsewhere: their identifier and that of their adopting companion, see `adopter(of:)`.
    public static func expand(_ spans: [Span], adopters known: [UInt64: UInt64] = [:]) -> [Span] {
        var adopters = known
        for span in spans where !span.template.adoptingPath.isEmpty { adopters[span.id] = adopter(of: span) }
        guard !adopters.isEmpty || spans.contains(where: { !$0.template.companions.isEmpty || $0.template.hidesError }) else { return spans }
        var children: [UInt64: Children] = [:]
        for span in spans where adopters[span.parent] != nil { children[span.parent, default: Children()].add(span) }
        var out: [Span] = []
        out.reserveCapacity(spans.count * 2)
        for span in spans {
            let parent = span.isOutsideHandler ? span.parent : adopters[span.parent] ?? span.parent
            Family(span: span, children: children[span.id] ?? Children()).append(under: parent, to: &out)
        }
        return out
    }

    /// The identifier of the companion that adopts this span's children; nil when none does.
    public static func adopter(of span: Span) -> UInt64? {
        let path = span.template.adoptingPath
        return path.isEmpty ? nil : path.reduce(span.id) { identifier(under: $0, index: $1) }
    }

    /// Depends on the place alone, so that every reader sees the same identifiers. Below 2^63 and not 0, as tracers' identifiers are.
    private static func identifier(under parent: UInt64, index: Int) -> UInt64 {
        // SplitMix64's finalizer: neighbouring inputs give unrelated outputs.
        var x = parent &+ UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
        x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
        return max(1, (x ^ (x >> 31)) >> 1)
    }

    /// When the recorded children of one span ran.
    private struct Children {
        /// From the start of the first to the end of the last that a companion adopts.
        var adopted: Range<Int64>?
        /// Start of the first that came after the handler.
        var outside: Int64?

        mutating func add(_ span: Span) {
            if span.isOutsideHandler {
                outside = min(outside ?? .max, span.start.nanoseconds)
            } else {
                let own = span.start.nanoseconds..<span.end.nanoseconds
                adopted = adopted.map { min($0.lowerBound, own.lowerBound)..<max($0.upperBound, own.upperBound) } ?? own
            }
        }
    }

    /// The companions of one recorded span.
    private struct Family {
        let span: Span
        let children: Children

        /// The span itself and all its companions.
        func append(under parent: UInt64, to out: inout [Span]) {
            var shown = span
            shown.parent = parent
            if span.template.hidesError { shown.error = nil }
            guard !span.template.companions.isEmpty else { return out.append(shown) }
            let siblings = siblings(under: parent)
            if let first = siblings.first { shown.durationNanoseconds = first.start.nanoseconds - span.start.nanoseconds }
            out.append(shown)
            out += siblings
            // Companions end where what came after the handler begins.
            let end = max(span.start.nanoseconds, min(span.end.nanoseconds, children.outside ?? .max))
            append(
                span.template.companions, inside: span.start.nanoseconds..<end, under: span.id, path: span.template.adoptingPath[...], to: &out)
        }

        /// Companions that are no children.
        func siblings(under parent: UInt64) -> [Span] {
            let whole = span.start.nanoseconds..<span.end.nanoseconds
            return span.template.companions.enumerated().filter { $0.element.isBeside && $0.element.isMade(for: span) }.map { index, companion in
                make(companion, id: identifier(under: span.id, index: index), parent: parent, range: range(of: companion, in: whole))
            }
        }

        private func append(
            _ companions: [SpanTemplate.Companion], inside outer: Range<Int64>, under parent: UInt64, path: ArraySlice<Int>,
            to out: inout [Span]
        ) {
            let adopting = path.first.map { (companion: companions[$0], range: widened(range(of: companions[$0], in: outer), in: outer)) }
            for (index, companion) in companions.enumerated() where !companion.isBeside && companion.isMade(for: span) {
                var range = range(of: companion, in: outer)
                if let adopting {
                    if index == path.first {
                        range = adopting.range
                    } else {
                        range = range.keepingApart(companion, from: adopting.companion, adopting.range)
                    }
                }
                let id = identifier(under: parent, index: index)
                out.append(make(companion, id: id, parent: parent, range: range))
                append(
                    companion.companions, inside: range, under: id, path: index == path.first ? path.dropFirst() : [], to: &out)
            }
        }

        private func range(of companion: SpanTemplate.Companion, in outer: Range<Int64>) -> Range<Int64> {
            let length = Double(outer.upperBound - outer.lowerBound)
            let start = outer.lowerBound + Int64(length * companion.startShare.clamped)
            return start..<max(start, outer.lowerBound + Int64(length * companion.endShare.clamped))
        }

        /// Shares know nothing of the children's real times: a wrapper grows, inside its own parent, until it contains them.
        private func widened(_ range: Range<Int64>, in outer: Range<Int64>) -> Range<Int64> {
            guard let adopted = children.adopted else { return range }
            let both = min(range.lowerBound, adopted.lowerBound)..<max(range.upperBound, adopted.upperBound)
            return both.clamped(to: outer)
        }

        private func make(_ companion: SpanTemplate.Companion, id: UInt64, parent: UInt64, range: Range<Int64>) -> Span {
            // What the span knows is asked for by the companion's own attributes.
            var detail = span.detail
            switch detail {
            case .attributes: detail = .none
            case .http(let facts): detail = .http(facts.withoutAttributes)
            case .none, .rows, .cache: break
            }
            return Span(
                trace: span.trace, id: id, parent: parent, template: companion.template,
                start: Timestamp(nanoseconds: range.lowerBound), durationNanoseconds: range.upperBound - range.lowerBound,
                isError: companion.carriesError && span.isError, detail: detail, error: companion.carriesError ? span.error : nil)
        }
    }
}

extension Range<Int64> {
    /// What lies before or after the wrapper by its shares stays there when the wrapper has grown.
    fileprivate func keepingApart(
        _ companion: SpanTemplate.Companion, from wrapper: SpanTemplate.Companion, _ range: Range<Int64>
    ) -> Range<Int64> {
        if companion.endShare <= wrapper.startShare {
            let end = Swift.min(upperBound, range.lowerBound)
            return Swift.min(lowerBound, end)..<end
        }
        if companion.startShare >= wrapper.endShare {
            let start = Swift.max(lowerBound, range.upperBound)
            return start..<Swift.max(upperBound, start)
        }
        return self
    }
}

extension Double {
    fileprivate var clamped: Double { Swift.min(1, Swift.max(0, self)) }
}
