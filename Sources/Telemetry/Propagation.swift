import Base

/// Reads and writes the headers by which services pass a trace on.
///
/// Extraction takes the first valid form of `Propagation.extractionOrder`. A later form with the same trace identifier adds what only
/// it knows (W3C: parent and `tracestate`), one with another identifier becomes a link, as in dd-trace. Header names are looked up
/// in lower case; the lookup must ignore case.
public enum Propagation {
    public enum Style: String, Sendable, CaseIterable {
        case datadog
        case w3c = "tracecontext"
        case b3Single = "b3"
        case b3Multi = "b3multi"
        case amazon = "xray"
    }

    /// Of X-Ray.
    public static let amazonHeader = AmazonTrace.headerName

    public typealias Lookup = (String) -> String?

    public static let extractionOrder: [Style] = [.datadog, .w3c, .b3Single, .b3Multi, .amazon]
    public static let defaultInjection: [Style] = [.datadog, .w3c]

    /// The context that a request came with; nil when it has none, and a new trace begins.
    public static func extract(from lookup: Lookup, styles: [Style] = extractionOrder) -> TraceContext? {
        var found: TraceContext?
        for style in styles {
            guard let next = extract(style, from: lookup) else { continue }
            guard var context = found else { found = next; continue }
            if next.trace == context.trace {
                if style == .w3c { context.adopt(next) }
                if style == .amazon { context.amazon = next.amazon }
            } else if !context.links.contains(where: { $0.trace == next.trace }) {
                context.links.append(TraceContext.Link(trace: next.trace, span: next.parent))
            }
            found = context
        }
        guard found != nil, let header = lookup("baggage") else { return found }
        found?.baggage = Baggage.parse(header)
        return found
    }

    /// The baggage alone, for requests that carry no trace.
    public static func extractBaggage(from lookup: Lookup) -> [TraceContext.BaggageItem] { lookup("baggage").map(Baggage.parse) ?? [] }

    /// Header fields for a call.
    ///
    /// - Parameter context: With the calling span as `parent`.
    public static func inject(_ context: TraceContext, styles: [Style] = defaultInjection) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(8)
        for style in styles {
            switch style {
            case .datadog: DatadogHeaders.inject(context, into: &fields)
            case .w3c: TraceParent.inject(context, into: &fields)
            case .b3Single: fields.append(("b3", B3.single(context)))
            case .b3Multi: B3.injectMulti(context, into: &fields)
            case .amazon: fields.append((AmazonTrace.headerName, AmazonTrace.text(context)))
            }
        }
        if !context.baggage.isEmpty { fields.append(("baggage", Baggage.text(context.baggage))) }
        return fields
    }

    /// What `extract` makes of the fields that `inject` writes, without writing them: for calls within the process.
    ///
    /// - Returns: Nil where only writing and reading can tell.
    public static func received(_ context: TraceContext, styles: [Style]) -> TraceContext? {
        let isPlain = context.trace.low != 0 && context.parent != 0 && context.priority == 1 && context.origin == nil && context.propagationTags.isEmpty
            && context.traceState.isEmpty && context.baggage.isEmpty && context.amazon == nil
        guard isPlain, !styles.isEmpty, styles.allSatisfy({ $0 == .datadog || $0 == .w3c }) else { return nil }
        return TraceContext(trace: context.trace, parent: context.parent, hasRandomID: context.hasRandomID && styles.contains(.w3c))
    }

    private static func extract(_ style: Style, from lookup: Lookup) -> TraceContext? {
        switch style {
        case .datadog: DatadogHeaders.extract(from: lookup)
        case .w3c: TraceParent.extract(from: lookup)
        case .b3Single: lookup("b3").flatMap(B3.parseSingle)
        case .b3Multi: B3.extractMulti(from: lookup)
        case .amazon: lookup("x-amzn-trace-id").flatMap(AmazonTrace.parse)
        }
    }
}

extension TraceContext {
    /// Both forms name the same trace: W3C's parent is the more recent one when a proxy between knew only that form.
    fileprivate mutating func adopt(_ other: TraceContext) {
        parent = other.parent
        traceState = other.traceState
        hasRandomID = other.hasRandomID
        if origin == nil { origin = other.origin }
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    var trimmed: Substring {
        var bytes = Substring(self).utf8
        while let first = bytes.first, first == 32 || first == 9 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 32 || last == 9 { bytes = bytes.dropLast() }
        return Substring(bytes)
    }
}

extension LentText {
    /// True for 0-9 and a-f only: W3C allows no upper case.
    var isLowerHex: Bool { allSatisfy { (48...57).contains($0) || (97...102).contains($0) } }
}
