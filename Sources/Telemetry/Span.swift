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
