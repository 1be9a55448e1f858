import Base

/// What traces to look for: those in which at least one span fits every condition that is given.
public struct TraceSearch: Sendable {
    public var service: String?
    /// A span's operation name (`flask.request`), its resource (`GET /discount`) or its display name.
    public var operation: String?
    /// Attribute names and the text of their values; `error` = `true` finds failed spans.
    public var tags: [(name: String, value: String)]
    /// Starts of the span.
    public var from: Timestamp?
    public var to: Timestamp?
    public var minimumDuration: Duration?
    public var maximumDuration: Duration?
    /// Traces returned at most, the newest first.
    public var limit: Int

    public init(
        service: String? = nil, operation: String? = nil, tags: [(name: String, value: String)] = [], from: Timestamp? = nil,
        to: Timestamp? = nil, minimumDuration: Duration? = nil, maximumDuration: Duration? = nil, limit: Int = 100
    ) {
        self.service = service
        self.operation = operation
        self.tags = tags
        self.from = from
        self.to = to
        self.minimumDuration = minimumDuration
        self.maximumDuration = maximumDuration
        self.limit = limit
    }

    public func matches(_ span: Span) -> Bool {
        if let service, span.template.service.name != service { return false }
        if let operation, span.template.name != operation, span.resourceName != operation, span.displayName != operation { return false }
        if let from, span.start < from { return false }
        if let to, span.start > to { return false }
        if let minimumDuration, span.durationNanoseconds < minimumDuration.nanoseconds { return false }
        if let maximumDuration, span.durationNanoseconds > maximumDuration.nanoseconds { return false }
        return tags.allSatisfy { tag in
            if tag.name == "error" { return span.isError == (tag.value == "true") }
            return span.attribute(named: tag.name)?.text == tag.value
        }
    }
}
