import Base
import Telemetry

/// The body of `PUT /v0.4/traces`: an array of traces, each an array of spans, each a map.
struct TracePayload {
    /// What stands on the outermost span of every trace.
    struct Process: Sendable {
        /// A UUID for each run of the program.
        var runtimeID = ""
        var processID = 0
    }

    private let process: Process
    private let shared: [Attribute]
    private var prepared: [ObjectIdentifier: PreparedSpan] = [:]
    /// Deployments come and go; their templates must not stay for ever.
    private static let preparedLimit = 4_096

    private var writer = MessagePackWriter()
    private var place = 0
    private var own = SpanTags()
    private(set) var traceCount = 0
    private(set) var spanCount = 0

    /// - Parameter shared: On every span.
    init(process: Process, shared: [Attribute]) {
        self.process = process
        self.shared = shared
        place = writer.beginArray()
    }

    var byteCount: Int { writer.bytes.count }

    /// The body with everything that was added; the next one begins empty.
    mutating func take() -> [UInt8] {
        writer.finishArray(at: place, count: traceCount)
        let bytes = writer.bytes
        writer = MessagePackWriter()
        place = writer.beginArray()
        traceCount = 0
        spanCount = 0
        return bytes
    }

    mutating func add(_ chunk: TraceChunk, _ decision: PrioritySampler.Decision) {
        for piece in chunk.pieces {
            writer.array(piece.count)
            for (offset, member) in piece.enumerated() {
                own.removeAll()
                if offset == 0 { addTraceTags(chunk, decision) }
                addTags(member, chunk)
                write(member.span)
            }
            traceCount += 1
            spanCount += piece.count
        }
    }

    // MARK: Tags

    private mutating func addTraceTags(_ chunk: TraceChunk, _ decision: PrioritySampler.Decision) {
        own.add("_sampling_priority_v1", Double(decision.priority))
        if let rate = decision.rate { own.add("_dd.agent_psr", rate) }
        if chunk.root.trace.high != 0 { own.add("_dd.p.tid", chunk.root.trace.high.hex) }
        for tag in chunk.arrival?.context.propagationTags ?? [] { own.add("_dd.p." + tag.key, tag.value) }
        // Who decided is told of traces that are kept, unless somebody before has told it.
        if decision.priority > 0 { own.add("_dd.p.dm", "-\(decision.mechanism)") }
        if !process.runtimeID.isEmpty { own.add("runtime-id", process.runtimeID) }
        if process.processID != 0 { own.add("process_id", Double(process.processID)) }
    }

    private mutating func addTags(_ member: TraceChunk.Member, _ chunk: TraceChunk) {
        let span = member.span
        if member.isTopLevel { own.add("_dd.top_level", 1) }
        if let base = member.baseService { own.add("_dd.base_service", base) }
        if let origin = chunk.arrival?.context.origin { own.add("_dd.origin", origin) }
        if span.status != 0 { own.add("http.status_code", String(span.status)) }
        for attribute in span.attributes { own.add(attribute) }
        guard let error = span.error else { return }
        own.add("error.type", error.type)
        own.add("error.message", error.message)
        if !error.stack.isEmpty { own.add("error.stack", error.stack) }
    }

    // MARK: Spans

    private mutating func write(_ span: Span) {
        let common = preparation(of: span.template)
        let links = span.arrival?.context.links ?? []
        writer.map(11 + (common.type.isEmpty ? 0 : 1) + (links.isEmpty ? 0 : 1))
        writer.string("trace_id")
        writer.unsigned(span.trace.low)
        writer.string("span_id")
        writer.unsigned(span.id)
        writer.string("parent_id")
        writer.unsigned(span.parent)
        writer.bytes.append(contentsOf: common.head)
        writer.string("resource")
        let resource = span.resource.flatMap { $0.isEmpty ? nil : PreparedSpan.encoded(resource: $0) } ?? common.resource
        writer.bytes.append(contentsOf: resource)
        writer.bytes.append(contentsOf: common.type)
        writer.string("start")
        writer.signed(span.start.nanoseconds)
        writer.string("duration")
        writer.signed(max(0, span.durationNanoseconds))
        writer.string("error")
        writer.signed(span.isError ? 1 : 0)
        writeTags(span, common)
        if !links.isEmpty { write(links) }
    }

    private mutating func writeTags(_ span: Span, _ common: PreparedSpan) {
        var tags = common.tags
        // A tag may stand there once; what the span says wins over what its kind says.
        if !own.names.isDisjoint(with: tags.names) { tags = without(own.names, common) }
        writer.string("meta")
        writer.map(tags.metaCount + own.metaCount)
        writer.bytes.append(contentsOf: tags.meta)
        writer.bytes.append(contentsOf: own.meta)
        writer.string("metrics")
        writer.map(tags.metricCount + own.metricCount)
        writer.bytes.append(contentsOf: tags.metrics)
        writer.bytes.append(contentsOf: own.metrics)
    }

    private func without(_ names: Set<String>, _ common: PreparedSpan) -> SpanTags {
        let template = common.template
        let kept = template.attributes.filter { !names.contains(DatadogNames.tag($0.name)) }
        let service = template.service
        let rest = service.attributes.filter { !names.contains(DatadogNames.tag($0.name)) }
        let slim = SpanTemplate(
            service: ServiceIdentity(
                name: service.name, version: names.contains("version") ? "" : service.version,
                environment: names.contains("env") ? "" : service.environment, attributes: rest),
            name: template.name, resource: template.resource, type: template.type, kind: template.kind, attributes: kept)
        return PreparedSpan(slim, shared: shared.filter { !names.contains(DatadogNames.tag($0.name)) }).tags
    }

    private mutating func preparation(of template: SpanTemplate) -> PreparedSpan {
        if let known = prepared[ObjectIdentifier(template)] { return known }
        if prepared.count >= Self.preparedLimit { prepared = [:] }
        let new = PreparedSpan(template, shared: shared)
        prepared[ObjectIdentifier(template)] = new
        return new
    }

    private mutating func write(_ links: [TraceContext.Link]) {
        writer.string("span_links")
        writer.array(links.count)
        for link in links {
            writer.map(link.trace.high == 0 ? 3 : 4)
            writer.string("trace_id")
            writer.unsigned(link.trace.low)
            if link.trace.high != 0 {
                writer.string("trace_id_high")
                writer.unsigned(link.trace.high)
            }
            writer.string("span_id")
            writer.unsigned(link.span)
            writer.string("attributes")
            writer.map(1)
            writer.string("reason")
            writer.string("terminated_context")
        }
    }
}
