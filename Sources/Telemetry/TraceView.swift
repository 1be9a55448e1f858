import Base

/// The traces of a recorder, companions included.
public struct TraceView {
    private let recorder: Recorder
    /// Tells which traces are shown; nil shows all.
    private let isShown: ((TraceID) -> Bool)?

    public init(of recorder: Recorder, where isShown: ((TraceID) -> Bool)? = nil) {
        self.recorder = recorder
        self.isShown = isShown
    }

    /// An operation of a service as trace user interfaces list it.
    public struct Operation: Hashable, Sendable {
        public var name: String
        public var kind: SpanTemplate.Kind
    }

    /// Calls from one service to another.
    public struct Dependency: Equatable, Sendable {
        public var parent: String
        public var child: String
        public var callCount: Int
    }

    /// The traces that fit, the most recently begun first.
    public func traces(matching search: TraceSearch) -> [Trace] {
        let index = recorder.traceIndex
        var found: [Trace] = []
        for position in (0..<index.count).reversed() where found.count < search.limit && isShown(at: position, in: index) {
            let trace = trace(at: position, in: index)
            if trace.spans.contains(where: search.matches) { found.append(trace) }
        }
        return found.sorted { ($0.start, $0.id.low) > ($1.start, $1.id.low) }
    }

    /// Every trace, the one whose first span ended earliest first.
    public func forEach(_ body: (Trace) -> Void) {
        let index = recorder.traceIndex
        for position in 0..<index.count where isShown(at: position, in: index) { body(trace(at: position, in: index)) }
    }

    /// Every trace as it was recorded, without companions.
    public func forEachRecorded(_ body: (TraceID, [Span]) -> Void) {
        let index = recorder.traceIndex
        for position in 0..<index.count where isShown(at: position, in: index) {
            body(index.identifier(ofTraceAt: position), index.recordedSpans(ofTraceAt: position, in: recorder))
        }
    }

    private func isShown(at position: Int, in index: TraceIndex) -> Bool { isShown?(index.identifier(ofTraceAt: position)) ?? true }

    public func trace(_ id: TraceID) -> Trace? {
        let index = recorder.traceIndex
        return index.position(of: id).flatMap { shown(at: $0, in: index) }
    }

    private func shown(at position: Int, in index: TraceIndex) -> Trace? { isShown(at: position, in: index) ? trace(at: position, in: index) : nil }

    /// One trace by what people have at hand: 32 or fewer hexadecimal digits, the low 16 of them, or the decimal form of the low
    /// half as Datadog's log lines show it.
    public func trace(_ text: String) -> Trace? {
        let index = recorder.traceIndex
        var position: Int?
        if let id = TraceID(hex: text) {
            position = index.position(of: id) ?? (text.utf8.count <= 16 ? index.position(ofLowHalf: id.low) : nil)
        }
        if position == nil, let low = UInt64(text) { position = index.position(ofLowHalf: low) }
        return position.flatMap { shown(at: $0, in: index) }
    }

    /// Names of the services that have spans, sorted.
    public var services: [String] { Set(templates().map(\.template.service.name)).sorted() }

    /// The operations of a service, or of all, sorted by name and kind.
    public func operations(of service: String? = nil) -> [Operation] {
        var found: Set<Operation> = []
        for use in templates() where service == nil || use.template.service.name == service {
            found.insert(Operation(name: use.name, kind: use.template.kind))
        }
        return found.sorted { ($0.name, $0.kind.rawValue) < ($1.name, $1.kind.rawValue) }
    }

    /// Which service calls which, counted over the spans that start in the window.
    public func dependencies(from: Timestamp? = nil, to: Timestamp? = nil) -> [Dependency] {
        var counts: [String: [String: Int]] = [:]
        forEach { trace in
            let services = Dictionary(trace.spans.map { ($0.id, $0.template.service.name) }, uniquingKeysWith: { first, _ in first })
            for span in trace.spans {
                if let from, span.start < from { continue }
                if let to, span.start > to { continue }
                let child = span.template.service.name
                guard let parent = services[span.parent], parent != child else { continue }
                counts[parent, default: [:]][child, default: 0] += 1
            }
        }
        return counts.keys.sorted().flatMap { parent in
            counts[parent]!.keys.sorted().map { Dependency(parent: parent, child: $0, callCount: counts[parent]![$0]!) }
        }
    }

    private func trace(at position: Int, in index: TraceIndex) -> Trace {
        Trace(id: index.identifier(ofTraceAt: position), spans: index.spans(ofTraceAt: position, in: recorder))
    }

    private struct Use {
        var template: SpanTemplate
        var name: String
    }

    /// Each template in use once, and once more for each resource or summary that a span gave itself.
    private func templates() -> [Use] {
        var seen: Set<ObjectIdentifier> = []
        var uses: [Use] = []
        for sequence in recorder.spanSequences {
            let span = recorder.span(sequence)
            guard isShown?(span.trace) ?? true else { continue }
            let isNew = seen.insert(ObjectIdentifier(span.template)).inserted
            if isNew { add(span.template.companions, to: &uses) }
            if isNew || span.resource != nil || span.attributes["db.query.summary"] != nil {
                uses.append(Use(template: span.template, name: span.displayName))
            }
        }
        return uses
    }

    private func add(_ companions: [SpanTemplate.Companion], to uses: inout [Use]) {
        for companion in companions {
            let template = companion.template
            uses.append(Use(template: template, name: template.resource.isEmpty ? template.name : template.resource))
            add(companion.companions, to: &uses)
        }
    }
}
