import Base

/// What is known about a kind of span when the pack is loaded: a recorded span only points here.
public final class SpanTemplate: Sendable {
    public enum Kind: String, Sendable { case server, client, `internal`, producer, consumer }

    /// A span that a framework wraps around or puts beside its handler (`flask.dispatch_request` ...). Stored with no cost: it is
    /// made from its parent's span when somebody reads it. Times are shares (0...1) of the duration of what directly contains it:
    /// the recorded span, or the companion around it. The companions of `template` itself are not looked at.
    public struct Companion: Sendable {
        public var template: SpanTemplate
        public var startShare: Double
        public var endShare: Double
        /// Recorded children of the parent appear under this companion instead: the innermost wrapper that calls the handler.
        public var adoptsChildren: Bool
        /// Carries the parent's error too.
        public var carriesError: Bool
        /// A sibling instead of a child: it takes the end of the recorded time, and the recorded span is shown without that part.
        public var isBeside: Bool
        /// Made only of a statement that gave rows.
        public var needsRows: Bool
        /// Companions inside this one.
        public var companions: [Companion]

        public init(
            _ template: SpanTemplate, from startShare: Double, to endShare: Double, adoptsChildren: Bool = false,
            carriesError: Bool = false, isBeside: Bool = false, needsRows: Bool = false, companions: [Companion] = []
        ) {
            self.template = template
            self.startShare = startShare
            self.endShare = endShare
            self.adoptsChildren = adoptsChildren
            self.carriesError = carriesError
            self.isBeside = isBeside
            self.needsRows = needsRows
            self.companions = companions
        }

        func isMade(for span: Span) -> Bool {
            guard needsRows else { return true }
            if case .rows(let count) = span.detail { return count > 0 }
            return false
        }
    }

    public let service: ServiceIdentity
    /// Operation name, for example `flask.request`.
    public let name: String
    /// For example `GET /discount`; a span may override it.
    public let resource: String
    /// Datadog span type: `web`, `http`, `sql`, `cache`, `template`, or empty.
    public let type: String
    public let kind: Kind
    /// The service that a call goes to, by its name in the shop; empty where it is not known.
    public let peer: String
    public let attributes: [Attribute]
    /// Attributes that are made of what each span knows.
    public let computed: [ComputedAttribute]
    /// An error only marks the span; what went wrong is told by companions that carry it.
    public let hidesError: Bool
    public let companions: [Companion]
    /// What of a request must be kept for the attributes of this template and of its companions.
    public let needs: RequestNeeds
    /// Indices that lead through the companions to the one that adopts recorded children, the innermost of the first branch that
    /// has one; empty when none does.
    let adoptingPath: [Int]

    public init(
        service: ServiceIdentity, name: String, resource: String, type: String = "", kind: Kind = .internal, peer: String = "",
        attributes: [Attribute] = [], computed: [ComputedAttribute] = [.status], hidesError: Bool = false, companions: [Companion] = []
    ) {
        self.service = service
        self.name = name
        self.resource = resource
        self.type = type
        self.kind = kind
        self.peer = peer
        self.attributes = attributes
        self.computed = computed
        self.hidesError = hidesError
        self.companions = companions
        needs = Self.needs(of: computed, companions)
        adoptingPath = Self.adoptingPath(in: companions)
    }

    private static func needs(of computed: [ComputedAttribute], _ companions: [Companion]) -> RequestNeeds {
        var needs = RequestNeeds()
        for part in computed.flatMap(\.parts) { if case .fact(let fact) = part { needs.formUnion(RequestNeeds(fact)) } }
        for companion in companions { needs.formUnion(companion.template.needs.union(Self.needs(of: [], companion.companions))) }
        return needs
    }

    private static func adoptingPath(in companions: [Companion]) -> [Int] {
        for (index, companion) in companions.enumerated() {
            let inner = adoptingPath(in: companion.companions)
            if !inner.isEmpty || companion.adoptsChildren { return [index] + inner }
        }
        return []
    }
}

/// Parts of a request beside method and target that somebody will ask a span for.
public struct RequestNeeds: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let host = RequestNeeds(rawValue: 1)
    public static let client = RequestNeeds(rawValue: 2)
    public static let userAgent = RequestNeeds(rawValue: 4)
    public static let requestID = RequestNeeds(rawValue: 8)

    init(_ fact: SpanFact) {
        switch fact {
        case .url, .host, .hostname, .port: self = .host
        case .client: self = .client
        case .userAgent: self = .userAgent
        case .requestID: self = .requestID
        default: self = []
        }
    }
}
