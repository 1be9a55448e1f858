import Base

/// Daemons of one server that take turns: gives newcomers a place, and daemons that have something to do their runs.
///
/// Each turn of the loop runs daemons twice for a short time, at the first network event and at its end. What has not had its run then
/// waits in a queue while the loop sees to other work.
final class Lane {
    private let server: Server
    private(set) var daemons: [Daemon] = []
    private var ready = Deque<Daemon>()
    private var hasPlannedRuns = false
    private var lastTurn = -1

    init(server: Server) { self.server = server }

    var connectionCount: Int { daemons.reduce(0) { $0 + $1.connectionCount } }

    /// Makes one more daemon.
    @discardableResult
    func grow() throws(ServerError) -> Daemon {
        let daemon = try Daemon(server: server, lane: self)
        daemons.append(daemon)
        return daemon
    }

    /// Takes over a newcomer's socket. False when the lane has no daemon and none can be made.
    func add(_ socket: Int32, _ address: SocketAddress) -> Bool {
        guard let daemon = roomyDaemon() else { return false }
        daemon.add(socket, address)
        runLater(daemon)
        return true
    }

    /// The oldest that has room, so that the newest get empty and go.
    private func roomyDaemon() -> Daemon? {
        if let roomy = daemons.first(where: { $0.connectionCount < Daemon.fullCount }) { return roomy }
        // Too full is better than a client that is sent away.
        return (try? grow()) ?? daemons.last
    }

    /// Closes all connections.
    func stop() {
        for daemon in daemons { daemon.stop() }
        daemons = []
        ready.removeAll()
    }

    // MARK: Runs

    private static let shareOfTurn = Duration.microseconds(300)

    /// The network has something for a daemon.
    func isReady(_ daemon: Daemon) {
        runLater(daemon)
        guard lastTurn != server.loop.turnNumber else { return }
        lastTurn = server.loop.turnNumber
        runSome()
    }

    /// At the end of the loop's turn: once for all connections that the turn answers or has begun to handle.
    func runLater(_ daemon: Daemon) {
        guard !daemon.isQueued else { return }
        daemon.isQueued = true
        ready.append(daemon)
        planRuns()
    }

    private func planRuns() {
        guard !hasPlannedRuns else { return }
        hasPlannedRuns = true
        server.loop.atEndOfTurn { [self] in
            hasPlannedRuns = false
            runSome()
            if !ready.isEmpty { planRuns() }
        }
    }

    private func runSome() {
        let end = server.loop.now + Self.shareOfTurn
        // A daemon that gets into the queue again by its run has its next one in another turn.
        for _ in 0..<ready.count {
            guard let daemon = ready.popFirst() else { break }
            daemon.isQueued = false
            daemon.run()
            drop(ifEmpty: daemon)
            if server.loop.now >= end { break }
        }
        server.connectionsMayHaveClosed()
    }

    private func drop(ifEmpty daemon: Daemon) {
        guard daemons.count > 1, daemon.connectionCount == 0, let index = daemons.firstIndex(where: { $0 === daemon }) else { return }
        daemons.remove(at: index)
        daemon.stop()
    }
}
