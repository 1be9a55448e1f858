import Base

/// One log line of a service, with what is needed to find it and to link it to a trace.
public struct LogRecord: Sendable {
    public enum Level: String, Sendable, CaseIterable { case debug, info, warn, error }

    public var time: Timestamp
    public var service: ServiceIdentity
    public var level: Level
    /// The line as the service writes it, without the line break.
    public var line: String
    /// The message alone.
    public var message: String
    public var trace: TraceID?
    public var span: UInt64

    public init(
        time: Timestamp, service: ServiceIdentity, level: Level, line: String, message: String, trace: TraceID? = nil, span: UInt64 = 0
    ) {
        self.time = time
        self.service = service
        self.level = level
        self.line = line
        self.message = message
        self.trace = trace
        self.span = span
    }
}

/// Something that happened to the shop and that people mark on a time line: a deployment, a restart, a scaling.
public struct Event: Sendable {
    public var time: Timestamp
    public var service: String
    /// For example `deployment`.
    public var kind: String
    public var title: String
    public var attributes: [Attribute]

    public init(time: Timestamp, service: String, kind: String, title: String, attributes: [Attribute] = []) {
        self.time = time
        self.service = service
        self.kind = kind
        self.title = title
        self.attributes = attributes
    }
}
