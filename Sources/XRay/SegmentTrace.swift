import Base
import Telemetry

/// The segments of one trace, whoever has sent them, and who called whom in it.
public struct SegmentTrace: Sendable {
    /// One document as it is handed out.
    public struct Document: Sendable {
        public var id: UInt64
        public var text: String

        public init(id: UInt64, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// What happened at one place of the map, or on the way to one.
    public struct Visit: Sendable {
        public var node: ServiceNode
        /// The segment, or the subsegment that tells of a place that tells nothing itself.
        public var segment: Segment
        public var isInferred: Bool
        /// Nil for what came from outside.
        public var caller: ServiceNode?
        /// What the caller has seen of it.
        public var call: Segment?
    }

    public let id: TraceID
    /// In the order of their starts; a lone subsegment stands in its segment where that is known.
    public let segments: [Segment]
    /// In the order of their starts.
    public let visits: [Visit]

    public init(id: TraceID, segments given: [Segment]) {
        self.id = id
        segments = Self.joined(given).sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        visits = Self.visits(segments)
    }

    /// The segment that nobody in the trace called, the earliest of several.
    public var root: Segment? { visits.first { $0.caller == nil && !$0.segment.isLoneSubsegment }?.segment }

    /// When the request came in, by the clock of the service that took it: clocks of others may be off.
    public var arrival: Timestamp { root?.start ?? start }
    public var start: Timestamp { segments.first?.start ?? Timestamp(nanoseconds: 0) }
    public var end: Timestamp { segments.map { $0.end ?? $0.start }.max() ?? start }
    public var duration: Duration { end - start }

    /// Something is still to come, or never came.
    public var isPartial: Bool { segments.contains { $0.end == nil || $0.isLoneSubsegment } || root == nil || root?.parent != 0 }

    // MARK: Putting together

    private static func joined(_ given: [Segment]) -> [Segment] {
        var segments: [Segment] = []
        var positions: [UInt64: Int] = [:]
        for segment in given {
            if let position = positions[segment.id] {
                // What is finished stands above what was in progress.
                if segment.end != nil || segments[position].end == nil { segments[position] = segment }
            } else {
                positions[segment.id] = segments.count
                segments.append(segment)
            }
        }
        var parts = segments.filter(\.isLoneSubsegment)
        segments.removeAll(where: \.isLoneSubsegment)
        // A part may belong into another part: once more as long as some find their place.
        while !parts.isEmpty {
            let rest = parts.filter { part in !segments.indices.contains { segments[$0].adopt(part) } }
            if rest.count == parts.count { break }
            parts = rest
        }
        return segments + parts
    }

    private static func visits(_ segments: [Segment]) -> [Visit] {
        /// Subsegments by identifier, with the segment that they are parts of.
        var calls: [UInt64: (call: Segment, owner: ServiceNode)] = [:]
        for segment in segments {
            let owner = ServiceNode(segment)
            segment.forEach { calls[$0.id] = ($0, owner) }
        }
        let answered = Set(segments.filter { !$0.isLoneSubsegment }.map(\.parent))
        var visits: [Visit] = []
        for segment in segments {
            let caller = segment.parent == 0 ? nil : calls[segment.parent]
            if !segment.isLoneSubsegment {
                visits.append(Visit(node: ServiceNode(segment), segment: segment, isInferred: false, caller: caller?.owner, call: caller?.call))
            }
            let owner = segment.isLoneSubsegment ? nil : ServiceNode(segment)
            segment.forEach { part in
                guard part.id != segment.id || segment.isLoneSubsegment, !answered.contains(part.id), let node = ServiceNode(calledBy: part) else { return }
                visits.append(Visit(node: node, segment: part, isInferred: true, caller: owner, call: part))
            }
        }
        return visits.enumerated().sorted { ($0.element.segment.start, $0.offset) < ($1.element.segment.start, $1.offset) }.map(\.element)
    }
}

extension Segment {
    /// Takes a subsegment that came alone to where it belongs; false when that is not in here.
    fileprivate mutating func adopt(_ part: Segment) -> Bool {
        if id == part.parent {
            subsegments.removeAll { $0.id == part.id }
            subsegments.append(part)
            subsegments.sort { ($0.start, $0.id) < ($1.start, $1.id) }
            return true
        }
        for position in subsegments.indices where subsegments[position].adopt(part) { return true }
        return false
    }
}
