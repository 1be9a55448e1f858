import Base

/// AWS X-Ray's header: `Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=1`.
enum AmazonTrace {
    static func parse(_ header: String) -> TraceContext? {
        var context: TraceContext?
        var parent: UInt64 = 0
        var priority: Int?
        for field in header.split(separator: ";") {
            let field = field.trimmed
            guard let equals = field.firstIndex(of: "=") else { continue }
            let value = field[field.index(after: equals)...]
            switch field[..<equals] {
            case "Root": context = root(value).map { TraceContext(trace: $0, parent: 0) }
            case "Parent": parent = UInt64(hexDigits: value.utf8) ?? 0
            case "Sampled": priority = Int(value).map { min(1, max(0, $0)) }
            default: break
            }
        }
        context?.parent = parent
        context?.priority = priority
        return context
    }

    private static func root(_ value: Substring) -> TraceID? {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "1", parts[1].utf8.count == 8, parts[2].utf8.count == 24 else { return nil }
        return TraceID(hex: parts[1] + parts[2])
    }
}
