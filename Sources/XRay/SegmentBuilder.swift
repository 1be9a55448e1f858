import Base
import Telemetry

/// Makes segments of a trace's spans: one for each request that a service took, with what the service's X-Ray SDK would have seen of it.
///
/// Services that send no segments, such as stores, show only in the subsegments of their callers.
public struct SegmentBuilder {
    private let spans: [Span]
    /// By parent, in the order of their starts.
    private let children: [UInt64: [Int]]
    private let positions: [UInt64: Int]
    private let rule: String

    /// - Parameters:
    ///   - recorded: Spans of one trace, as recorded.
    ///   - adopters: For spans recorded elsewhere, see `SpanExpansion`.
    ///   - rule: By which the trace is sampled; empty when that is not known.
    public init(_ recorded: [Span], adopters: [UInt64: UInt64] = [:], rule: String = "") {
        spans = SpanExpansion.expand(recorded, adopters: adopters)
        self.rule = rule
        var children: [UInt64: [Int]] = [:]
        for position in spans.indices { children[spans[position].parent, default: []].append(position) }
        let spans = spans
        self.children = children.mapValues { list in list.sorted { (spans[$0].start, $0) < (spans[$1].start, $1) } }
        positions = Dictionary(spans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// In the order of their starts.
    public func segments() -> [Segment] { limitedSegments().map(\.segment) }

    /// With the number of subsegments that the service's SDK sends in one document.
    public func limitedSegments() -> [(segment: Segment, subsegmentLimit: Int)] {
        let entries = spans.indices.filter { spans[$0].leavesSegment }
        return entries.sorted { (spans[$0].start, $0) < (spans[$1].start, $1) }.map { (segment(at: $0), spans[$0].template.service.xray.subsegmentLimit) }
    }

    // MARK: Segments

    private func segment(at position: Int) -> Segment {
        let span = spans[position]
        let settings = span.template.service.xray
        var segment = Segment(
            name: settings.name.isEmpty ? span.template.service.name : settings.name, id: span.id, trace: span.trace, parent: caller(of: span), start: span.start, end: span.end)
        segment.origin = settings.origin
        segment.aws = settings.aws
        // Only who decides names the rule.
        if segment.parent == 0, !rule.isEmpty, !settings.ruleMember.isEmpty { segment.aws = segment.aws.naming(rule, as: settings.ruleMember) }
        segment.service = settings.service
        segment.tellsProgress = settings.tellsProgress
        segment.http = request(of: span, settings)
        segment.annotations = span.attributes.filter { Segment.isAnnotationKey($0.name) && $0.value.isAnnotation }
        segment.subsegments = SubsegmentBuilder(self, settings, service: span.template.service.name).subsegments(of: span.id, in: span.id)
        segment.setFlags(ofStatus: span.status)
        if let error = span.error {
            segment.isFault = true
            segment.cause = cause(error, of: span, told: segment.subsegments, settings)
        }
        return segment
    }

    /// The subsegment that a request came from: calls that leave none lead to what contains them.
    private func caller(of span: Span) -> UInt64 {
        var parent = span.parent
        // Identifiers come from outside as well, and could form a circle.
        for _ in 0..<100 {
            guard let position = positions[parent], spans[position].template.kind != .client else { break }
            parent = spans[position].parent
        }
        return parent
    }

    private func request(of span: Span, _ settings: XRaySettings) -> Segment.HTTP? {
        guard case .http(let facts) = span.detail else { return nil }
        var http = Segment.HTTP()
        http.method = facts.method
        http.url = settings.url.value(for: span)?.text ?? "http://\(span.template.service.name)\(span.value(of: .path)?.text ?? "/")"
        http.userAgent = facts.userAgent
        http.client = settings.client.value(for: span)?.text ?? ""
        http.status = span.status
        if settings.tellsContentLength { http.contentLength = span.attributes[XRaySettings.contentLengthAttribute]?.integer }
        return http
    }

    // MARK: What went wrong

    /// An exception that a subsegment has told is only referred to.
    private func cause(_ error: SpanError, of span: Span, told subsegments: [Segment], _ settings: XRaySettings) -> Segment.Cause {
        var reference: UInt64?
        for subsegment in subsegments {
            subsegment.forEach { part in
                guard case .exceptions(let exceptions, _)? = part.cause else { return }
                if let same = exceptions.first(where: { $0.type == error.type && $0.message == error.message }) { reference = same.id }
            }
        }
        if let reference { return .reference(reference) }
        return .exceptions([Self.exception(error, of: span.id)], workingDirectory: settings.workingDirectory)
    }

    static func exception(_ error: SpanError, of span: UInt64) -> Segment.Exception {
        Segment.Exception(id: identifier(ofExceptionIn: span), type: error.type, message: error.message, stack: frames(error.stack))
    }

    /// The same for every reader.
    static func identifier(ofExceptionIn span: UInt64) -> UInt64 {
        // SplitMix64's finalizer: neighbouring inputs give unrelated outputs.
        var x = span &+ 0x9e37_79b9_7f4a_7c15
        x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
        return max(1, x ^ (x >> 31))
    }

    /// Of lines such as ``services/ads.json:12:in `GET /ads'``.
    private static func frames(_ stack: String) -> [Segment.Exception.Frame] {
        stack.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count >= 2, let number = Int(parts[1]) else { return nil }
            let label = parts.count > 2 ? parts[2].drop { $0 != "`" }.dropFirst().prefix { $0 != "'" } : ""
            return Segment.Exception.Frame(path: String(parts[0]), line: number, label: String(label))
        }
    }

    // MARK: For subsegments

    func childPositions(of id: UInt64) -> [Int] { children[id] ?? [] }
    func span(at position: Int) -> Span { spans[position] }

    /// What the other end of a call noted about itself.
    func notes(below id: UInt64) -> [Attribute] {
        childPositions(of: id).map { spans[$0] }.filter(\.isEntry).flatMap { $0.template.attributes + $0.attributes }
    }
}

extension Span {
    /// A request that a service took.
    var isEntry: Bool { template.kind == .server || template.kind == .consumer }

    fileprivate var leavesSegment: Bool {
        let settings = template.service.xray
        return isEntry && settings.isOn && (settings.neededAnnotation.isEmpty || attributes[settings.neededAnnotation] != nil)
    }
}

extension Value {
    /// Annotations are texts, numbers and flags.
    fileprivate var isAnnotation: Bool {
        switch self {
        case .string, .int, .double, .bool: true
        case .null, .bytes, .list, .record: false
        }
    }
}

extension [Attribute] {
    /// With the sampling rule in the member `xray`.
    fileprivate func naming(_ rule: String, as member: String) -> [Attribute] {
        map { attribute in
            guard attribute.name == "xray", let fields = attribute.value.fields else { return attribute }
            let members = zip(fields.layout.names, fields.values).map { ($0, $1) } + [(member, Value.string(rule))]
            return Attribute(attribute.name, .record(Record(members)))
        }
    }
}
