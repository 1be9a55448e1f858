import Base

/// Datadog's own headers: decimal identifiers of 64 bits, the high half of a 128-bit trace identifier in `x-datadog-tags`.
enum DatadogHeaders {
    static func extract(from lookup: Propagation.Lookup) -> TraceContext? {
        guard let text = lookup("x-datadog-trace-id"), let low = number(text), low != 0 else { return nil }
        let parent = lookup("x-datadog-parent-id").flatMap(number) ?? 0
        var context = TraceContext(trace: TraceID(high: 0, low: low), parent: parent, priority: nil)
        context.priority = lookup("x-datadog-sampling-priority").flatMap { Int($0.lend(\.trimmed.text)) }
        context.origin = lookup("x-datadog-origin")
        if let tags = lookup("x-datadog-tags") { read(tags, into: &context) }
        return context
    }

    private static func number(_ text: String) -> UInt64? { text.lend { UInt64(decimalDigits: $0.trimmed) } }

    private static func read(_ tags: String, into context: inout TraceContext) {
        guard tags.utf8.count <= 512 else { return }
        tags.lend { tags in
            tags.forEachPart(between: UInt8(ascii: ",")) { tag in
                guard tag.starts(with: "_dd.p."), let (key, value) = tag.dropFirst(6).halves(at: UInt8(ascii: "=")) else { return }
                if key == "tid" {
                    // A malformed one leaves the 64-bit identifier.
                    if value.count == 16, value.isLowerHex { context.trace.high = UInt64(hexDigits: value) ?? 0 }
                } else {
                    context.propagationTags.append(TraceContext.BaggageItem(key: key.text, value: value.text))
                }
            }
        }
    }

    static func inject(_ context: TraceContext, into fields: inout [(name: String, value: String)]) {
        fields.append(("x-datadog-trace-id", String(context.trace.low)))
        fields.append(("x-datadog-parent-id", String(context.parent)))
        if let priority = context.priority { fields.append(("x-datadog-sampling-priority", String(priority))) }
        if let origin = context.origin { fields.append(("x-datadog-origin", origin)) }
        if context.propagationTags.isEmpty {
            if context.trace.high != 0 { fields.append(("x-datadog-tags", "_dd.p.tid=" + context.trace.high.hex)) }
            return
        }
        var tags: [String] = []
        if context.trace.high != 0 { tags.append("_dd.p.tid=" + context.trace.high.hex) }
        for tag in context.propagationTags { tags.append("_dd.p.\(tag.key)=\(tag.value)") }
        while !tags.isEmpty, tags.reduce(tags.count - 1, { $0 + $1.utf8.count }) > 512 { tags.removeLast() }
        if !tags.isEmpty { fields.append(("x-datadog-tags", tags.joined(separator: ","))) }
    }
}
