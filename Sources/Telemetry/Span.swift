import Base

/// 128-bit trace identifier; the high half is zero for identifiers that came from 64-bit tracers.
public struct TraceID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    public var hex: String { high.hex + low.hex }
}

/// A service as telemetry names it; one object for the life of a deployment, so that a span costs one pointer.
public final class ServiceIdentity: Sendable {
    public let name: String
    public let version: String
    public let environment: String
    /// Resource attributes, for example `telemetry.sdk.language`.
    public let attributes: [Attribute]

    public init(name: String, version: String, environment: String, attributes: [Attribute] = []) {
        self.name = name
        self.version = version
        self.environment = environment
        self.attributes = attributes
    }
}

public struct Attribute: Sendable, Equatable {
    public var name: String
    public var value: Value

    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

/// What is known about a kind of span when the pack is loaded: a recorded span only points here.
public final class SpanTemplate: Sendable {
    public enum Kind: String, Sendable { case server, client, `internal`, producer, consumer }

    /// A span that a framework wraps around or puts beside its handler (`flask.dispatch_request` ...). Stored with no cost: it is
    /// made from its parent's span when somebody reads it. Times are shares (0...1) of the parent's duration.
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
    }
}

/// What went wrong inside a span.
public struct SpanError: Sendable, Equatable {
    /// For example `ActionView::Template::Error`.
    public var type: String
    public var message: String
    public var stack: String

    public init(type: String, message: String, stack: String = "") {
        self.type = type
        self.message = message
        self.stack = stack
    }
}

/// One finished operation.
public struct Span: Sendable {
    public var trace: TraceID
    public var id: UInt64
    /// 0 for a root.
    public var parent: UInt64
    public var template: SpanTemplate
    public var start: Timestamp
    public var durationNanoseconds: Int64
    /// HTTP status of a server or client span, 0 where it means nothing.
    public var status: Int
    public var isError: Bool
    /// Nil when the template's resource holds.
    public var resource: String?
    /// What the template does not know already; mostly empty.
    public var attributes: [Attribute]
    public var error: SpanError?

    public init(
        trace: TraceID, id: UInt64, parent: UInt64, template: SpanTemplate, start: Timestamp, durationNanoseconds: Int64,
        status: Int = 0, isError: Bool = false, resource: String? = nil, attributes: [Attribute] = [], error: SpanError? = nil
    ) {
        self.trace = trace
        self.id = id
        self.parent = parent
        self.template = template
        self.start = start
        self.durationNanoseconds = durationNanoseconds
        self.status = status
        self.isError = isError
        self.resource = resource
        self.attributes = attributes
        self.error = error
    }
}
