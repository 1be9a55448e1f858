import Base

/// AWS X-Ray's header: `Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=1`, in any order, with fields of others between.
enum AmazonTrace {
    static let headerName = "X-Amzn-Trace-Id"
    /// Of the fields that are passed on; more are dropped, as by X-Ray's own SDKs.
    private static let passedLimit = 256

    static func parse(_ header: String) -> TraceContext? { header.lend(parse) }

    private static func parse(_ header: LentText) -> TraceContext? {
        var context: TraceContext?
        var parent: UInt64 = 0
        var fields = AmazonFields()
        header.forEachPart(between: UInt8(ascii: ";")) { field in
            let field = field.trimmed
            guard let (name, value) = field.halves(at: UInt8(ascii: "=")) else { return }
            switch name {
            case "Root": context = TraceID(amazon: value).map { TraceContext(trace: $0, parent: 0, priority: nil) }
            case "Parent": parent = UInt64(hexDigits: value) ?? 0
            case "Sampled": fields.decision = AmazonFields.Decision(rawValue: value.text)
            // A load balancer's own span, which nobody else knows.
            case "Self": break
            default: fields.add(field.text, limit: passedLimit)
            }
        }
        context?.parent = parent
        context?.priority = fields.decision?.priority
        context?.amazon = fields
        return context
    }

    static func text(_ context: TraceContext) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(80)
        text.append("Root=" as StaticString)
        text.append(amazon: context.trace)
        text.append(";Parent=" as StaticString)
        text.append(hex: context.parent)
        text.append(context.isSampledByAmazon ? ";Sampled=1" : ";Sampled=0" as StaticString)
        for field in context.amazon?.others ?? [] {
            text.append(UInt8(ascii: ";"))
            text.append(field)
        }
        return String(decoding: text, as: UTF8.self)
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
        var text: [UInt8] = []
        text.reserveCapacity(35)
        text.append(amazon: self)
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything else, and for zero.
    public init?(amazon text: String) {
        guard let id = text.lend({ TraceID(amazon: $0) }) else { return nil }
        self = id
    }

    init?(amazon text: LentText) {
        let start = text.startIndex
        guard text.count == 35, text.starts(with: "1-"), text[start + 10] == UInt8(ascii: "-"), let time = UInt64(hexDigits: text[start + 2..<start + 10]),
            let upper = UInt64(hexDigits: text[start + 11..<start + 19]), let low = UInt64(hexDigits: text[start + 19..<start + 35]), time | upper | low != 0
        else { return nil }
        self.init(high: time << 32 | upper, low: low)
    }
}

extension [UInt8] {
    fileprivate mutating func append(amazon trace: TraceID) {
        append("1-" as StaticString)
        append(hex: trace.high >> 32, width: 8)
        append(UInt8(ascii: "-"))
        append(hex: trace.high & 0xffff_ffff, width: 8)
        append(hex: trace.low)
    }
}
