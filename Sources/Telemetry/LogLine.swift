import Base

/// What a log format can put into a line.
public struct LogLine: Sendable {
    public var time: Timestamp
    public var level: LogRecord.Level
    public var service: ServiceIdentity
    public var message: String
    public var logger: String
    /// Source file and line of the code that logs.
    public var file: String
    public var line: Int
    public var trace: TraceID?
    /// 0 when the line belongs to no span.
    public var span: UInt64
    public var processID: Int
    /// What the format names beside the built-in placeholders, for example the method of a request: one value for each of its `factNames`.
    public var facts: [Value]
    /// Named values that belong to the message, in order.
    public var fields: [Attribute]

    public init(
        time: Timestamp, level: LogRecord.Level, service: ServiceIdentity, message: String, logger: String = "", file: String = "",
        line: Int = 0, trace: TraceID? = nil, span: UInt64 = 0, processID: Int = 1, facts: [Value] = [], fields: [Attribute] = []
    ) {
        self.time = time
        self.level = level
        self.service = service
        self.message = message
        self.logger = logger
        self.file = file
        self.line = line
        self.trace = trace
        self.span = span
        self.processID = processID
        self.facts = facts
        self.fields = fields
    }
}
