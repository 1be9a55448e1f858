/// What a request carries from caller to callee so that their spans form one trace.
public struct TraceContext: Sendable, Equatable {
    public struct BaggageItem: Sendable, Equatable {
        /// A token (RFC 9110 §5.6.2).
        public var key: String
        /// Decoded.
        public var value: String
        /// What follows the value (`ttl=60`), as sent; empty when nothing does.
        public var properties: String

        public init(key: String, value: String, properties: String = "") {
            self.key = key
            self.value = value
            self.properties = properties
        }
    }

    /// Another trace that the same request names: dd-trace makes it a span link with the reason `terminated_context`.
    public struct Link: Sendable, Equatable {
        public var trace: TraceID
        public var span: UInt64

        public init(trace: TraceID, span: UInt64) {
            self.trace = trace
            self.span = span
        }
    }

    public var trace: TraceID
    /// The caller's span.
    public var parent: UInt64
    /// Datadog's sampling priority: -1 and 0 drop, 1 and 2 keep; nil leaves the decision to the receiver.
    public var priority: Int?
    /// W3C's flag 2: the identifier's low 56 bits are random. Copied unchanged.
    public var hasRandomID: Bool
    /// Where the trace began, for example `rum` or `synthetics`.
    public var origin: String?
    /// `_dd.p.*` tags without `_dd.p.tid`, as name and value without the prefix, for example `dm` = `-1`.
    public var propagationTags: [BaggageItem]
    /// Other vendors' members of `tracestate`, as received, without `dd`.
    public var traceState: String
    public var baggage: [BaggageItem]
    public var links: [Link]
    /// What X-Ray's header told, and its decision once one is taken; nil where X-Ray has no part in the trace.
    public var amazon: AmazonFields?

    public init(
        trace: TraceID, parent: UInt64, priority: Int? = 1, hasRandomID: Bool = false, origin: String? = nil,
        propagationTags: [BaggageItem] = [], traceState: String = "", baggage: [BaggageItem] = [], links: [Link] = []
    ) {
        self.trace = trace
        self.parent = parent
        self.priority = priority
        self.hasRandomID = hasRandomID
        self.origin = origin
        self.propagationTags = propagationTags
        self.traceState = traceState
        self.baggage = baggage
        self.links = links
    }

    /// True when another tracer said more than which trace this is.
    public var isTelling: Bool { priority != 1 || origin != nil || !propagationTags.isEmpty || !links.isEmpty }

    /// True unless somebody decided to drop the trace.
    public var isSampled: Bool { (priority ?? 1) > 0 }
}
