import Base

/// W3C Trace Context: `traceparent` and `tracestate`, Datadog's member `dd` of the latter included.
enum TraceParent {
    /// At most this many members are passed on (W3C Trace Context §3.3.1.1).
    private static let memberLimit = 32

    static func extract(from lookup: Propagation.Lookup) -> TraceContext? {
        guard let header = lookup("traceparent"), var context = parse(String(header.trimmed)) else { return nil }
        guard let state = lookup("tracestate") else { return context }
        read(state, into: &context)
        return context
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; later versions may have more fields behind.
    static func parse(_ header: String) -> TraceContext? {
        let fields = header.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[0].utf8.count == 2, fields[1].utf8.count == 32, fields[2].utf8.count == 16, fields[3].utf8.count == 2,
            fields[0...3].allSatisfy(\.isLowerHex), fields[0] != "ff", fields[0] != "00" || fields.count == 4,
            let trace = TraceID(hex: fields[1]), let parent = UInt64(fields[2], radix: 16), parent != 0,
            let flags = UInt8(fields[3], radix: 16)
        else { return nil }
        return TraceContext(trace: trace, parent: parent, priority: Int(flags & 1), hasRandomID: flags & 2 != 0)
    }

    private static func read(_ state: String, into context: inout TraceContext) {
        var others: [Substring] = []
        var own: Substring?
        for member in state.split(separator: ",") {
            let member = member.trimmed
            if member.hasPrefix("dd=") {
                if own == nil { own = member.dropFirst(3) }
            } else if member.contains("=") {
                others.append(member)
            }
        }
        context.traceState = others.prefix(memberLimit - 1).joined(separator: ",")
        if let own { readDatadogMember(own, into: &context) }
        // A page's tracer leaves the decision to the first server.
        if own != nil, context.origin == "rum", !(own!.split(separator: ";").contains { $0.hasPrefix("s:") }) { context.priority = nil }
    }

    private static func readDatadogMember(_ member: Substring, into context: inout TraceContext) {
        for item in member.split(separator: ";") {
            guard let colon = item.firstIndex(of: ":") else { continue }
            let key = item[..<colon]
            let value = item[item.index(after: colon)...].replacing("~", with: "=")
            switch key {
            case "s": if let priority = Int(value) { context.priority = agree(flag: context.priority ?? 0, with: priority) }
            case "o": context.origin = String(value)
            case _ where key.hasPrefix("t."):
                context.propagationTags.append(TraceContext.BaggageItem(key: String(key.dropFirst(2)), value: String(value)))
            default: break
            }
        }
    }

    /// The flag was written by whoever called last and wins over an older priority that says the opposite.
    private static func agree(flag: Int, with priority: Int) -> Int {
        if flag == 1 { return priority > 0 ? priority : 1 }
        return priority > 0 ? 0 : priority
    }

    static func inject(_ context: TraceContext, into fields: inout [(name: String, value: String)]) {
        var header: [UInt8] = Array("00-".utf8)
        header.append(context.trace)
        header.append(UInt8(ascii: "-"))
        header.append(hex: context.parent)
        header.append(UInt8(ascii: "-"))
        header.append(hex: (context.isSampled ? 1 : 0) | (context.hasRandomID ? 2 : 0), width: 2)
        fields.append(("traceparent", String(decoding: header, as: UTF8.self)))
        var state = "dd=" + datadogMember(context)
        if !context.traceState.isEmpty { state += "," + context.traceState }
        fields.append(("tracestate", state))
    }

    private static func datadogMember(_ context: TraceContext) -> String {
        var items = ["p:" + context.parent.hex]
        if let priority = context.priority { items.append("s:\(priority)") }
        if let origin = context.origin { items.append("o:" + escaped(origin)) }
        for tag in context.propagationTags { items.append("t.\(tag.key):\(escaped(tag.value))") }
        // Whole items only: a member has at most 256 characters.
        while items.count > 1, items.reduce(items.count - 1, { $0 + $1.utf8.count }) > 256 { items.removeLast() }
        return items.joined(separator: ";")
    }

    private static func escaped(_ value: String) -> String {
        String(value.map { $0 == "=" ? "~" : $0 == "," || $0 == ";" || $0 == "~" ? "_" : $0 })
    }
}
