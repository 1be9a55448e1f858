import Base

/// AWS X-Ray's header: `Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=1`, in any order, with fields of others between.
enum AmazonTrace {
    static let headerName = "X-Amzn-Trace-Id"
    /// Of the fields that are passed on; more are dropped, as by X-Ray's own SDKs.
    private static let passedLimit = 256

    static func parse(_ header: String) -> TraceContext? {
        var context: TraceContext?
        var parent: UInt64 = 0
        var fields = AmazonFields()
        for field in header.split(separator: ";") {
            let field = field.trimmed
            guard let equals = field.firstIndex(of: "=") else { continue }
            let value = field[field.index(after: equals)...]
            switch field[..<equals] {
            case "Root": context = TraceID(amazon: value).map { TraceContext(trace: $0, parent: 0, priority: nil) }
            case "Parent": parent = UInt64(hexDigits: value.utf8) ?? 0
            case "Sampled": fields.decision = AmazonFields.Decision(rawValue: String(value))
            // A load balancer's own span, which nobody else knows.
            case "Self": break
            default: fields.add(String(field), limit: passedLimit)
            }
        }
        context?.parent = parent
        context?.priority = fields.decision?.priority
        context?.amazon = fields
        return context
    }

    static func text(_ context: TraceContext) -> String {
        var text = "Root=\(context.trace.amazon);Parent=\(context.parent.hex);Sampled=" + (context.isSampledByAmazon ? "1" : "0")
        for field in context.amazon?.others ?? [] { text += ";" + field }
        return text
    }
}

/// What X-Ray's header tells beside identifiers.
public struct AmazonFields: Sendable, Equatable {
    public enum Decision: String, Sendable {
        case sampled = "1"
        case unsampled = "0"
        /// The caller leaves the decision to the receiver and wants to be told.
        case asked = "?"

        var priority: Int? {
            switch self {
            case .sampled: 1
            case .unsampled: 0
            case .asked: nil
            }
        }
    }

    /// Nil when the header says nothing of it.
    public var decision: Decision?
    /// Fields of others as they came, for example `Lineage=a87bd80c:0|68fd508a:5`: they go along with calls.
    public var others: [String] = []

    public init(decision: Decision? = nil) { self.decision = decision }

    mutating func add(_ field: String, limit: Int) {
        if others.reduce(field.utf8.count, { $0 + $1.utf8.count + 1 }) <= limit { others.append(field) }
    }
}

extension TraceContext {
    /// X-Ray's decision where there is one, else everybody's.
    public var isSampledByAmazon: Bool {
        switch amazon?.decision {
        case .sampled: true
        case .unsampled: false
        case .asked, nil: isSampled
        }
    }
}

extension TraceID {
    /// As X-Ray writes it: `1-<8 hex>-<24 hex>`, W3C's digits in two parts, the first of which is the time of the trace in seconds.
    public var amazon: String {
        let digits = hex
        return "1-\(digits.prefix(8))-\(digits.suffix(24))"
    }

    /// Nil for anything else, and for zero.
    public init?(amazon text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "1", parts[1].utf8.count == 8, parts[2].utf8.count == 24 else { return nil }
        self.init(hex: "\(parts[1])\(parts[2])")
    }
}
