import Base
import CMicroHTTPD

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One of the library's daemons, without a listening socket: it serves the connections that it is given.
///
/// The library serves in one run all connections that are ready, and there is no way to have less; so a daemon has few.
final class Daemon {
    /// Connections from which on a daemon gets no more. A run that answers, or closes, as many takes about 0.5 ms.
    static let fullCount = 32

    let server: Server
    private let lane: Lane
    private var pointer: OpaquePointer?
    private var epollDescriptor: Int32 = -1
    /// Counts the library's runs.
    private(set) var runNumber = 0
    /// Waits for a run.
    var isQueued = false
    private var idleCheck: (timer: EventLoop.TimerID, due: Timestamp)?

    init(server: Server, lane: Lane) throws(ServerError) {
        self.server = server
        self.lane = lane
        let limits = server.limits
        guard
            let made = mhd_start(
                limits.connectionMemoryBytes, UInt32(clamping: limits.connections), UInt32(clamping: limits.idleSeconds),
                accessRequest, beginRequest, completeRequest, Unmanaged.passUnretained(self).toOpaque())
        else { throw .cannotServe(port: server.port, code: errno) }
        epollDescriptor = mhd_epoll_descriptor(made)
        do {
            // The body's strong self is what keeps a listening server alive.
            try server.loop.watch(epollDescriptor, for: .readable) { [self] _ in lane.isReady(self) }
        } catch {
            MHD_stop_daemon(made)
            throw .cannotServe(port: server.port, code: error.code)
        }
        pointer = made
    }

    var connectionCount: Int { pointer.map { Int(mhd_connection_count($0)) } ?? 0 }

    /// Takes over the socket, which is closed if there is no memory for one more connection.
    func add(_ socket: Int32, _ address: SocketAddress) {
        guard let pointer else { return }
        _ = address.withPointer { Int32(bitPattern: MHD_add_connection(pointer, socket, $0, $1).rawValue) }
    }

    /// A connection has got something to send, or to be closed for.
    func runLater() { lane.runLater(self) }

    /// Lets the library do what can be done without waiting, and arranges the next run that no descriptor will announce.
    func run() {
        guard let pointer else { return }
        runNumber &+= 1
        MHD_run(pointer)
        var milliseconds: UInt64 = 0
        guard MHD_get_timeout(pointer, &milliseconds) == .YES else { return }
        if milliseconds == 0 { lane.runLater(self) } else { checkIdle(after: .milliseconds(Int64(clamping: milliseconds))) }
    }

    private func checkIdle(after delay: Duration) {
        let loop = server.loop
        let due = loop.now + delay
        if let check = idleCheck {
            // Limits move later with every byte: the check that is due first finds out, instead of a new timer for every request.
            guard due < check.due else { return }
            loop.cancel(check.timer)
        }
        let timer = loop.schedule(after: delay) { [self] in
            idleCheck = nil
            lane.isReady(self)
        }
        idleCheck = (timer, due)
    }

    /// Closes all connections. Requests that are handled must have been given up before.
    func stop() {
        guard let pointer = pointer.take() else { return }
        // Resumed connections must have left the suspended list, or the library aborts the process.
        MHD_run(pointer)
        if let check = idleCheck.take() { server.loop.cancel(check.timer) }
        server.loop.unwatch(epollDescriptor)
        MHD_stop_daemon(pointer)
    }
}
