/// What a server grants its clients.
public struct ServerLimits: Sendable, Equatable {
    /// Memory of one connection in bytes: request line and header fields of the request, then the head of the response. A longer request
    /// target is answered 414, longer header fields 431. At least 1,024.
    public var connectionMemoryBytes: Int
    /// Header fields of one request; more are answered 431.
    public var headerCount: Int
    /// Request body in bytes; a larger one is answered 413.
    public var bodyBytes: Int
    /// Open connections; further clients wait in the listener's backlog.
    public var connections: Int
    /// Whole seconds without a byte in either direction before a connection is closed; 0 means never. A handler's own time does not count.
    /// Also bounds how long a connection stays whose client left in the middle of a request: the library (0.9.75) can miss that.
    public var idleSeconds: Int

    public init(
        connectionMemoryBytes: Int = 10_240, headerCount: Int = 100, bodyBytes: Int = 1_048_576, connections: Int = 10_000,
        idleSeconds: Int = 60
    ) {
        self.connectionMemoryBytes = connectionMemoryBytes
        self.headerCount = headerCount
        self.bodyBytes = bodyBytes
        self.connections = connections
        self.idleSeconds = idleSeconds
    }

    public static let `default` = ServerLimits()

    /// Bytes of a too large body that are read and thrown away, so that its sender gets to read the 413 instead of a reset connection.
    static let drainedBytes = 8_388_608
}
