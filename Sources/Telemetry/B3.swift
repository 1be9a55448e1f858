import Base

/// Zipkin's B3 headers, as one header and as several.
enum B3 {
    /// `<trace>-<span>[-<state>[-<parent>]]`. A lone state carries no trace and gives nil.
    static func parseSingle(_ header: String) -> TraceContext? {
        let fields = header.trimmed.split(separator: "-", omittingEmptySubsequences: false)
        guard (2...4).contains(fields.count), let (trace, span) = identifiers(fields[0], fields[1]) else { return nil }
        var context = TraceContext(trace: trace, parent: span, priority: nil)
        guard fields.count > 2 else { return context }
        switch fields[2] {
        case "1": context.priority = 1
        case "0": context.priority = 0
        case "d": context.priority = 2
        default: return nil
        }
        return context
    }

    static func extractMulti(from lookup: Propagation.Lookup) -> TraceContext? {
        guard let traceText = lookup("x-b3-traceid"), let spanText = lookup("x-b3-spanid"),
            let (trace, span) = identifiers(traceText.trimmed, spanText.trimmed)
        else { return nil }
        var context = TraceContext(trace: trace, parent: span, priority: nil)
        if lookup("x-b3-flags")?.trimmed == "1" {
            context.priority = 2
        } else {
            switch lookup("x-b3-sampled")?.trimmed {
            case "1", "true": context.priority = 1
            case "0", "false": context.priority = 0
            default: break
            }
        }
        return context
    }

    private static func identifiers(_ trace: Substring, _ span: Substring) -> (TraceID, UInt64)? {
        guard trace.utf8.count == 16 || trace.utf8.count == 32, span.utf8.count == 16, let id = TraceID(hex: trace),
            let parent = UInt64(hexDigits: span.utf8), parent != 0
        else { return nil }
        return (id, parent)
    }

    /// 16 digits when the high half is zero, as it came.
    private static func text(_ trace: TraceID) -> String { trace.high == 0 ? trace.low.hex : trace.hex }

    static func single(_ context: TraceContext) -> String {
        let identifiers = "\(text(context.trace))-\(context.parent.hex)"
        guard let priority = context.priority else { return identifiers }
        return identifiers + (priority > 1 ? "-d" : priority == 1 ? "-1" : "-0")
    }

    static func injectMulti(_ context: TraceContext, into fields: inout [(name: String, value: String)]) {
        fields.append(("x-b3-traceid", text(context.trace)))
        fields.append(("x-b3-spanid", context.parent.hex))
        guard let priority = context.priority else { return }
        // Debug implies sampled, which is then not sent.
        fields.append(priority > 1 ? ("x-b3-flags", "1") : ("x-b3-sampled", priority == 1 ? "1" : "0"))
    }
}
