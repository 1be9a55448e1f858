import Base

/// The connections of one server, in two lanes: a crowd that comes at once, asks at once and leaves at once queues in a lane of its own,
/// and those who have come one by one get their turns beside it.
///
/// A queue for all would make everybody wait for the whole crowd: 3,000 connections that close take 40 ms.
final class Lanes {
    let regulars: Lane
    let crowd: Lane
    private let loop: EventLoop
    private var gauge = ArrivalGauge()

    /// - Throws: `ServerError.cannotServe` when the library cannot make a daemon.
    init(server: Server) throws(ServerError) {
        loop = server.loop
        regulars = Lane(server: server)
        crowd = Lane(server: server)
        try regulars.grow()
    }

    /// Idle ones included.
    var connectionCount: Int { regulars.connectionCount + crowd.connectionCount }

    /// Takes over a newcomer's socket.
    func add(_ socket: Int32, _ address: SocketAddress) {
        if gauge.isCrowd(at: loop.now), crowd.add(socket, address) { return }
        // It keeps at least one daemon, therefore always has a place.
        _ = regulars.add(socket, address)
    }

    /// Closes all connections.
    func stop() {
        regulars.stop()
        crowd.stop()
    }
}
