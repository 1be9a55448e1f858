import Base

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
    /// Recorded when the handler had ended already, for example while an error page was made: stays beside the parent's companions.
    public var isOutsideHandler: Bool
    /// Nil when the template's resource holds.
    public var resource: String?
    /// What the template does not know already; the form that costs least.
    public enum Detail: Sendable {
        case none
        case http(HTTPFacts)
        /// Number of rows that a statement gave.
        case rows(Int)
        case cache(CacheFacts)
        case attributes([Attribute])
    }

    /// What a request brought along from another tracer, beside its identifiers; an object, so that other spans do not grow by it.
    public final class Arrival: Sendable {
        public let context: TraceContext

        public init(_ context: TraceContext) { self.context = context }
    }

    public var detail: Detail
    public var error: SpanError?

    public init(
        trace: TraceID, id: UInt64, parent: UInt64, template: SpanTemplate, start: Timestamp, durationNanoseconds: Int64,
        status: Int = 0, isError: Bool = false, isOutsideHandler: Bool = false, resource: String? = nil, detail: Detail = .none,
        error: SpanError? = nil
    ) {
        self.trace = trace
        self.id = id
        self.parent = parent
        self.template = template
        self.start = start
        self.durationNanoseconds = durationNanoseconds
        self.status = status
        self.isError = isError
        self.isOutsideHandler = isOutsideHandler
        self.resource = resource
        self.detail = detail
        self.error = error
    }

    public init(
        trace: TraceID, id: UInt64, parent: UInt64, template: SpanTemplate, start: Timestamp, durationNanoseconds: Int64,
        status: Int = 0, isError: Bool = false, resource: String? = nil, attributes: [Attribute], error: SpanError? = nil
    ) {
        self.init(
            trace: trace, id: id, parent: parent, template: template, start: start, durationNanoseconds: durationNanoseconds, status: status,
            isError: isError, resource: resource, detail: attributes.isEmpty ? .none : .attributes(attributes), error: error)
    }

    /// Attributes that the span was recorded with; mostly empty.
    public var attributes: [Attribute] {
        get {
            switch detail {
            case .attributes(let attributes): attributes
            case .http(let facts): facts.attributes
            case .none, .rows, .cache: []
            }
        }
        set { detail = newValue.isEmpty ? .none : .attributes(newValue) }
    }

    /// Nil when the request brought nothing but identifiers, or none.
    public var arrival: Arrival? { if case .http(let facts) = detail { facts.arrival } else { nil } }
}
