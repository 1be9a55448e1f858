import CMicroHTTPD

/// One request and its response, from the request line to the last byte sent.
// @unchecked Sendable: touched only on the server's loop.
final class Exchange: @unchecked Sendable {
    enum State {
        /// The head has been read, nothing decided.
        case arrived
        /// The body is coming in.
        case receiving
        /// The body is too large: it is read and thrown away, then answered 413.
        case draining
        /// The handler works; the connection is suspended if that takes longer than the turn of the loop.
        case handling(Task<Void, Never>?)
        /// The handler's response waits to be queued.
        case answered(Response)
        /// The library sends the response.
        case sending
        /// A paced body between two pieces, connection suspended.
        case pausing(PacedBody)
        /// The server gave up on it: the connection is to be closed.
        case abandoned
    }

    var state = State.arrived
    /// Path and query as sent.
    let target: String
    /// Nil once the library has let go of the request; the pointer is then no longer valid.
    private(set) var connection: OpaquePointer?
    /// The daemon that serves the connection; nil like that.
    private(set) var daemon: Daemon?
    var body: [UInt8] = []
    /// Bytes thrown away while draining.
    var drainedBytes = 0
    var isHead = false
    /// The daemon's run in which the handler was started.
    var beganInRun = 0
    /// True from `MHD_suspend_connection` until it is resumed.
    var isSuspended = false
    /// Place in the server's table.
    var slot = 0

    init(target: String, connection: OpaquePointer, daemon: Daemon) {
        self.target = target
        self.connection = connection
        self.daemon = daemon
    }

    /// The library has completed the request, or lost the connection.
    func detach() {
        connection = nil
        daemon = nil
    }
}
