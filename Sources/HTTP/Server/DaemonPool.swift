import Base

/// Daemons of one server that take turns: gives newcomers a place, and daemons that have something to do their turns.
///
/// Each turn of the loop runs daemons twice for a short time, at the first network event and at its end. What has not had its turn then
/// waits in a queue while the loop sees to other work.
final class DaemonPool {
    private let server: Server
    private var daemons: [Daemon] = []
    private var ready = Deque<Daemon>()
    private var hasPlannedRuns = false
    private var lastTurn = -1

    /// - Throws: `ServerError.cannotServe` when the library cannot make the first daemon.
    init(server: Server) throws(ServerError) {
        self.server = server
        daemons.append(try Daemon(server: server, pool: self))
    }

    var connectionCount: Int { daemons.reduce(0) { $0 + $1.connectionCount } }

    /// Takes over a newcomer's socket.
    func add(_ socket: Int32, _ address: SocketAddress) {
        let daemon = roomyDaemon()
        daemon.add(socket, address)
        isReady(daemon)
    }

    /// The oldest that has room, so that the newest get empty and go.
    private func roomyDaemon() -> Daemon {
        if let roomy = daemons.first(where: { $0.connectionCount < Daemon.roomyLimit }) { return roomy }
        // Too full is better than a client that is sent away.
        guard let new = try? Daemon(server: server, pool: self) else { return daemons[daemons.count - 1] }
        daemons.append(new)
        return new
    }

    /// Closes all connections.
    func stop() {
        for daemon in daemons { daemon.stop() }
        daemons = []
        ready.removeAll()
    }

    // MARK: Turns

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
        guard !hasPlannedRuns else { return }
        hasPlannedRuns = true
        server.loop.atEndOfTurn { [self] in endTurn() }
    }

    private func endTurn() {
        hasPlannedRuns = false
        runSome()
        guard !ready.isEmpty, !hasPlannedRuns else { return }
        hasPlannedRuns = true
        server.loop.atEndOfTurn { [self] in endTurn() }
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
