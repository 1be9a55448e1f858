import Base

/// W3C Trace Context: `traceparent` and `tracestate`, Datadog's member `dd` of the latter included.
enum TraceParent {
    /// At most this many members are passed on (W3C Trace Context §3.3.1.1).
    private static let memberLimit = 32

    static func extract(from lookup: Propagation.Lookup) -> TraceContext? {
        guard let header = lookup("traceparent"), var context = parse(header.trimmed) else { return nil }
        guard let state = lookup("tracestate") else { return context }
        read(state, into: &context)
        return context
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; later versions may have more fields behind.
    static func parse(_ header: some StringProtocol) -> TraceContext? {
        // By position, without cutting strings: every request of a traced shop comes through here.
        let bytes = Substring(header).utf8
        guard bytes.count >= 55 else { return nil }
        func field(_ offset: Int, _ count: Int) -> Substring.UTF8View {
            let start = bytes.index(bytes.startIndex, offsetBy: offset)
            return bytes[start..<bytes.index(start, offsetBy: count)]
        }
        guard [2, 35, 52].allSatisfy({ field($0, 1).first == dash }), let version = number(field(0, 2)), let high = number(field(3, 16)),
            let low = number(field(19, 16)), let parent = number(field(36, 16)), let flags = number(field(53, 2))
        else { return nil }
        // Version 0 ends here; later ones may go on after another dash.
        guard version != 0xff, bytes.count == 55 || (version != 0 && field(55, 1).first == dash), high | low != 0, parent != 0 else { return nil }
        return TraceContext(trace: TraceID(high: high, low: low), parent: parent, priority: Int(flags & 1), hasRandomID: flags & 2 != 0)
    }

    private static let dash = UInt8(ascii: "-")

    /// Hexadecimal digits in lower case; W3C allows no others.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        digits.contains { (65...90).contains($0) } ? nil : UInt64(hexDigits: digits)
    }

    private static func read(_ state: String, into context: inout TraceContext) {
        var others: [Substring] = []
        var own: Substring?
        for member in Substring(state).utf8.split(separator: UInt8(ascii: ",")).map({ Substring($0) }) {
            let member = member.trimmed
            if member.hasPrefix("dd=") {
                if own == nil { own = member.dropFirst(3) }
            } else if member.utf8.contains(UInt8(ascii: "=")) {
                others.append(member)
            }
        }
        context.traceState = others.prefix(memberLimit - 1).joined(separator: ",")
        if let own { readDatadogMember(own, into: &context) }
        // A page's tracer leaves the decision to the first server.
        if let own, context.origin == "rum", !own.split(separator: ";").contains(where: { $0.hasPrefix("s:") }) { context.priority = nil }
    }

    private static func readDatadogMember(_ member: Substring, into context: inout TraceContext) {
        for item in member.utf8.split(separator: UInt8(ascii: ";")).map({ Substring($0) }) {
            guard let colon = item.utf8.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let key = item[..<colon]
            let value = unescaped(item[item.index(after: colon)...])
            switch key {
            case "s": if let priority = Int(value) { context.priority = agree(flag: context.priority ?? 0, with: priority) }
            case "o": context.origin = value
            case _ where key.hasPrefix("t."):
                context.propagationTags.append(TraceContext.BaggageItem(key: String(key.dropFirst(2)), value: value))
            default: break
            }
        }
    }

    private static func unescaped(_ value: Substring) -> String {
        value.utf8.contains(UInt8(ascii: "~")) ? String(value.map { $0 == "~" ? "=" : $0 }) : String(value)
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
