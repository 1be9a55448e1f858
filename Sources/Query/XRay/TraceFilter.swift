import Base
import Telemetry
import XRay

/// A filter expression of AWS X-Ray: `service("Frontend") { fault } AND responsetime > 1`.
///
/// Simple conditions look at what answered the trace's first request; those in the braces of `service()` and `edge()` look at the services
/// and calls that fit the names, those in the braces of `rootcause` at the parts of a root cause.
public indirect enum TraceFilter: Sendable, Equatable {
    public enum Flag: String, Sendable, CaseIterable { case ok, error, throttle, fault, partial, inferred, first, last, remote, root }

    public enum Number: String, Sendable, CaseIterable {
        case responseTime = "responsetime"
        case duration
        case status = "http.status"
        case index, coverage
    }

    public enum CauseKind: String, Sendable, CaseIterable {
        case responseTime = "responsetime"
        case fault, error
    }

    public enum CausePart: String, Sendable, CaseIterable { case service, entity, exception }

    public enum Text: String, Sendable, CaseIterable {
        case url = "http.url"
        case method = "http.method"
        case userAgent = "http.useragent"
        case client = "http.clientip"
        case user, name, type, message
        case availabilityZone = "availabilityzone"
        case instance = "instance.id"
        case resource = "resource.arn"
    }

    public enum Comparison: String, Sendable {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    public enum TextTest: Sendable, Equatable {
        case equals(String), differs(String), contains(String), begins(String), ends(String)

        func holds(for text: String) -> Bool {
            switch self {
            case .equals(let wanted): text == wanted
            case .differs(let wanted): text != wanted
            case .contains(let part): part.isEmpty ? !text.isEmpty : text.contains(part)
            case .begins(let part): text.hasPrefix(part)
            case .ends(let part): text.hasSuffix(part)
            }
        }
    }

    public enum AnnotationTest: Sendable, Equatable {
        case exists
        case text(TextTest)
        case number(Comparison, Double)
        case flag(Bool)
    }

    /// What a place of the map is called; nil fits every one.
    public struct Place: Sendable, Equatable {
        public var name: String?
        public var type: String?

        public init(name: String? = nil, type: String? = nil) {
            self.name = name
            self.type = type
        }

        func fits(_ node: ServiceNode) -> Bool { (name.map { $0 == node.name } ?? true) && (type.map { $0 == node.type } ?? true) }
    }

    case all
    case and([TraceFilter])
    case or([TraceFilter])
    case not(TraceFilter)
    case flag(Flag)
    case number(Number, Comparison, Double)
    case text(Text, TextTest)
    case annotation(String, AnnotationTest)
    case service(Place, TraceFilter)
    case edge(Place, Place, TraceFilter)
    case rootCause(CauseKind, CausePart, TraceFilter)
    /// Root causes as X-Ray's API writes them, members left out that may be anything.
    case rootCauses([Value])
    /// Of traces of a group.
    case arrivedSince(Timestamp)

    public func matches(_ trace: SegmentTrace) -> Bool {
        let views = trace.visits.enumerated().map { TraceFilterView($1, index: $0, of: trace) }
        guard let position = views.firstIndex(where: { $0.visit.caller == nil && !$0.visit.isInferred }) ?? views.indices.first else { return false }
        return holds(for: views[position], isWhole: true, views, trace)
    }

    private func holds(for view: TraceFilterView, isWhole: Bool, _ views: [TraceFilterView], _ trace: SegmentTrace) -> Bool {
        switch self {
        case .all: return true
        case .and(let parts): return parts.allSatisfy { $0.holds(for: view, isWhole: isWhole, views, trace) }
        case .or(let parts): return parts.contains { $0.holds(for: view, isWhole: isWhole, views, trace) }
        case .not(let part): return !part.holds(for: view, isWhole: isWhole, views, trace)
        case .flag(let flag): return view.has(flag)
        case .number(let number, let comparison, let wanted):
            let value = isWhole && number == .duration ? trace.duration / .seconds(1) : view.value(of: number)
            return value.map { comparison.holds($0, wanted) } ?? false
        case .text(let text, let test):
            // What a service threw counts for the whole trace.
            let holders = isWhole && text == .message ? views : [view]
            let values = holders.flatMap { $0.values(of: text) }
            if case .differs(let wanted) = test { return !values.contains(wanted) }
            return values.contains(where: test.holds)
        case .annotation(let key, let test):
            return trace.visits.contains { visit in visit.segment.annotation(key).map(test.holds) ?? false }
        case .service(let place, let inner):
            return views.contains { place.fits($0.visit.node) && inner.holds(for: $0, isWhole: false, views, trace) }
        case .edge(let from, let to, let inner):
            return views.contains { view in
                guard let caller = view.visit.caller, from.fits(caller), to.fits(view.visit.node) else { return false }
                return inner.holds(for: view.asSeenByCaller, isWhole: false, views, trace)
            }
        case .rootCause(let kind, let part, let inner):
            return RootCause.causes(kind, of: trace).contains { cause in cause.elements(part).contains(where: inner.holds) }
        case .rootCauses(let wanted):
            let causes = CauseKind.allCases.flatMap { RootCause.causes($0, of: trace) }.map(\.value)
            return wanted.allSatisfy { wanted in causes.contains { RootCause.fits(wanted, $0) } }
        case .arrivedSince(let time): return trace.arrival >= time
        }
    }

    /// The segments and calls that a filter of the form `service(...)` or `edge(...)` means; nil for other forms.
    func selected(in trace: SegmentTrace) -> [Segment]? {
        let views = trace.visits.enumerated().map { TraceFilterView($1, index: $0, of: trace) }
        switch self {
        case .service(let place, let inner):
            return views.filter { place.fits($0.visit.node) && inner.holds(for: $0, isWhole: false, views, trace) }.map(\.visit.segment)
        case .edge(let from, let to, let inner):
            return views.compactMap { view in
                guard let caller = view.visit.caller, from.fits(caller), to.fits(view.visit.node) else { return nil }
                return inner.holds(for: view.asSeenByCaller, isWhole: false, views, trace) ? view.visit.call ?? view.visit.segment : nil
            }
        default: return nil
        }
    }
}

extension TraceFilter.Comparison {
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

extension TraceFilter.AnnotationTest {
    fileprivate func holds(for value: Value) -> Bool {
        switch self {
        case .exists: true
        case .text(let test): test.holds(for: value.text)
        case .number(let comparison, let wanted): value.number.map { comparison.holds($0, wanted) } ?? false
        case .flag(let flag): value == .bool(flag)
        }
    }
}

extension Segment {
    /// Of the segment or one of its parts.
    fileprivate func annotation(_ key: String) -> Value? {
        annotations[key] ?? subsegments.lazy.compactMap { $0.annotation(key) }.first
    }
}

/// One visit as conditions look at it.
struct TraceFilterView {
    let visit: SegmentTrace.Visit
    let index: Int
    private let count: Int
    private let isPartial: Bool
    private let isRoot: Bool
    /// The segment, or the caller's subsegment.
    private let segment: Segment

    init(_ visit: SegmentTrace.Visit, index: Int, of trace: SegmentTrace) {
        self.init(visit, index: index, count: trace.visits.count, isPartial: trace.isPartial, isRoot: visit.segment.id == trace.root?.id, segment: visit.segment)
    }

    private init(_ visit: SegmentTrace.Visit, index: Int, count: Int, isPartial: Bool, isRoot: Bool, segment: Segment) {
        self.visit = visit
        self.index = index
        self.count = count
        self.isPartial = isPartial
        self.isRoot = isRoot
        self.segment = segment
    }

    var asSeenByCaller: TraceFilterView {
        TraceFilterView(visit, index: index, count: count, isPartial: isPartial, isRoot: isRoot, segment: visit.call ?? segment)
    }

    func has(_ flag: TraceFilter.Flag) -> Bool {
        switch flag {
        case .ok: !segment.isError && !segment.isFault && !segment.isThrottle
        case .error: segment.isError
        case .throttle: segment.isThrottle
        case .fault: segment.isFault
        case .partial: isPartial
        case .inferred: visit.isInferred
        case .first: index == 0
        case .last: index == count - 1
        case .remote: visit.node.type == "remote"
        case .root: isRoot
        }
    }

    func value(of number: TraceFilter.Number) -> Double? {
        switch number {
        case .responseTime, .duration: segment.duration / .seconds(1)
        case .status: segment.http.flatMap { $0.status == 0 ? nil : Double($0.status) }
        case .index: Double(index)
        case .coverage: nil
        }
    }

    func values(of text: TraceFilter.Text) -> [String] {
        switch text {
        case .url: [segment.http?.url ?? ""]
        case .method: [segment.http?.method ?? ""]
        case .userAgent: [segment.http?.userAgent ?? ""]
        case .client: [segment.http?.client ?? ""]
        case .user: [segment.user]
        case .name: [visit.node.name]
        case .type: [visit.node.type]
        case .message: messages
        case .availabilityZone: [segment.aws["ec2"]?["availability_zone"]?.text ?? ""]
        case .instance: [segment.aws["ec2"]?["instance_id"]?.text ?? ""]
        case .resource: [segment.aws["resource_arn"]?.text ?? ""]
        }
    }

    private var messages: [String] {
        var messages: [String] = []
        segment.forEach { part in
            if case .exceptions(let exceptions, _)? = part.cause { messages += exceptions.map(\.message) }
        }
        return messages
    }
}
