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
        /// Companions inside this one.
        public var companions: [Companion]

        public init(
            _ template: SpanTemplate, from startShare: Double, to endShare: Double, adoptsChildren: Bool = false,
            carriesError: Bool = false, companions: [Companion] = []
        ) {
            self.template = template
            self.startShare = startShare
            self.endShare = endShare
            self.adoptsChildren = adoptsChildren
            self.carriesError = carriesError
            self.companions = companions
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
    public let attributes: [Attribute]
    public let companions: [Companion]
    /// Indices that lead through the companions to the one that adopts recorded children, the innermost of the first branch that
    /// has one; empty when none does.
    let adoptingPath: [Int]

    public init(
        service: ServiceIdentity, name: String, resource: String, type: String = "", kind: Kind = .internal,
        attributes: [Attribute] = [], companions: [Companion] = []
    ) {
        self.service = service
        self.name = name
        self.resource = resource
        self.type = type
        self.kind = kind
        self.attributes = attributes
        self.companions = companions
        adoptingPath = Self.adoptingPath(in: companions)
    }

    private static func adoptingPath(in companions: [Companion]) -> [Int] {
        for (index, companion) in companions.enumerated() {
            let inner = adoptingPath(in: companion.companions)
            if !inner.isEmpty || companion.adoptsChildren { return [index] + inner }
        }
        return []
    }
}
