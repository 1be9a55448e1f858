import Base

/// W3C Trace Context: `traceparent` and `tracestate`, Datadog's member `dd` of the latter included.
enum TraceParent {
    /// At most this many members are passed on (W3C Trace Context §3.3.1.1).
    private static let memberLimit = 32

    static func extract(from lookup: Propagation.Lookup) -> TraceContext? {
        guard let header = lookup("traceparent"), var context = header.lend({ parse($0.trimmed) }) else { return nil }
        guard let state = lookup("tracestate") else { return context }
        state.lend { read($0, into: &context) }
        return context
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; later versions may have more fields behind.
    private static func parse(_ header: LentText) -> TraceContext? {
        guard header.count >= 55 else { return nil }
        func field(_ offset: Int, _ count: Int) -> LentText {
            let start = header.startIndex + offset
            return header[start..<start + count]
        }
        guard field(2, 1).first == dash, field(35, 1).first == dash, field(52, 1).first == dash, let version = number(field(0, 2)), let high = number(field(3, 16)),
            let low = number(field(19, 16)), let parent = number(field(36, 16)), let flags = number(field(53, 2))
        else { return nil }
        // Version 0 ends here; later ones may go on after another dash.
        guard version != 0xff, header.count == 55 || (version != 0 && field(55, 1).first == dash), high | low != 0, parent != 0 else { return nil }
        return TraceContext(trace: TraceID(high: high, low: low), parent: parent, priority: Int(flags & 1), hasRandomID: flags & 2 != 0)
    }

    private static let dash = UInt8(ascii: "-")

    /// Hexadecimal digits in lower case; W3C allows no others.
    private static func number(_ digits: LentText) -> UInt64? { digits.isLowerHex ? UInt64(hexDigits: digits) : nil }

    private static func read(_ state: LentText, into context: inout TraceContext) {
        var others: [LentText] = []
        var own: LentText?
        state.forEachPart(between: UInt8(ascii: ",")) { member in
            let member = member.trimmed
            if member.starts(with: "dd=") {
                if own == nil { own = member.dropFirst(3) }
            } else if member.contains(UInt8(ascii: "=")) {
                others.append(member)
            }
        }
        context.traceState = others.isEmpty ? "" : others.prefix(memberLimit - 1).map(\.text).joined(separator: ",")
        guard let own else { return }
        let hasPriority = readDatadogMember(own, into: &context)
        // A page's tracer leaves the decision to the first server.
        if context.origin == "rum", !hasPriority { context.priority = nil }
    }

    /// - Returns: Whether the member has an item `s`.
    private static func readDatadogMember(_ member: LentText, into context: inout TraceContext) -> Bool {
        var hasPriority = false
        member.forEachPart(between: UInt8(ascii: ";")) { item in
            guard let (key, value) = item.halves(at: UInt8(ascii: ":")) else { return }
            switch key {
            case "s":
                hasPriority = true
                if let priority = Int(value.text) { context.priority = agree(flag: context.priority ?? 0, with: priority) }
            case "o": context.origin = unescaped(value)
            case _ where key.starts(with: "t."):
                context.propagationTags.append(TraceContext.BaggageItem(key: key.dropFirst(2).text, value: unescaped(value)))
            default: break
            }
        }
        return hasPriority
    }

    private static func unescaped(_ value: LentText) -> String {
        value.contains(UInt8(ascii: "~")) ? String(decoding: value.map { $0 == UInt8(ascii: "~") ? UInt8(ascii: "=") : $0 }, as: UTF8.self) : value.text
    }

    /// The flag was written by whoever called last and wins over an older priority that says the opposite.
    private static func agree(flag: Int, with priority: Int) -> Int {
        if flag == 1 { return priority > 0 ? priority : 1 }
        return priority > 0 ? 0 : priority
    }

    static func inject(_ context: TraceContext, into fields: inout [(name: String, value: String)]) {
        var header: [UInt8] = []
        header.reserveCapacity(55)
        header.append("00-")
        header.append(context.trace)
        header.append(UInt8(ascii: "-"))
        header.append(hex: context.parent)
        header.append(UInt8(ascii: "-"))
        header.append(hex: (context.isSampled ? 1 : 0) | (context.hasRandomID ? 2 : 0), width: 2)
        fields.append(("traceparent", String(decoding: header, as: UTF8.self)))
        guard context.origin != nil || !context.propagationTags.isEmpty || !context.traceState.isEmpty else {
            // Nothing but numbers, as nearly always.
            header.removeAll(keepingCapacity: true)
            header.append("dd=p:")
            header.append(hex: context.parent)
            if let priority = context.priority {
                header.append(";s:")
                header.append(decimal: priority)
            }
            fields.append(("tracestate", String(decoding: header, as: UTF8.self)))
            return
        }
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
        let special: [UInt8] = [UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "~")]
        guard value.utf8.contains(where: special.contains) else { return value }
        return String(value.map { $0 == "=" ? "~" : $0 == "," || $0 == ";" || $0 == "~" ? "_" : $0 })
    }
}
