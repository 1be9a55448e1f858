import Base

/// One log line of a service, with what is needed to find it and to link it to a trace.
public struct LogRecord: Sendable {
    public enum Level: String, Sendable, CaseIterable { case debug, info, warn, error, fatal }

    public var time: Timestamp
    public var service: ServiceIdentity
    public var level: Level
    /// The line as the service writes it, without the line break.
    public var line: String
    /// The message alone.
    public var message: String
    public var trace: TraceID?
    /// 0 when the line belongs to no span.
    public var span: UInt64
    /// Named values of the line; what a JSON line holds can be searched besides. Mostly empty.
    public var attributes: [Attribute]

    public init(
        time: Timestamp, service: ServiceIdentity, level: Level, line: String, message: String, trace: TraceID? = nil, span: UInt64 = 0,
        attributes: [Attribute] = []
    ) {
        self.time = time
        self.service = service
        self.level = level
        self.line = line
        self.message = message
        self.trace = trace
        self.span = span
        self.attributes = attributes
    }
}
