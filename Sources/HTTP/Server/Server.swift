import Base
import CMicroHTTPD

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An HTTP/1.1 server on one port, driven by an event loop.
///
/// Everything, handlers included, runs on the loop's thread; all methods must be called there. A request whose client goes away while its
/// handler works is handled to the end and its response dropped. Between `start` and `stop` the server keeps itself alive.
///
/// The library answers malformed requests (400) and heads beyond the limits (414, 431) itself; they never reach the handler. It also adds
/// `Date`, `Content-Length` and, where needed, `Connection` and `Transfer-Encoding` to responses.
// @unchecked Sendable: touched only on the loop's thread.
public final class Server: @unchecked Sendable {
    public typealias Handler = @Sendable (Request) async -> Response
    /// Answers at once, or says what is left to be done when that means waiting.
    public typealias ImmediateHandler = @Sendable (Request) -> Answer

    public let loop: EventLoop
    public let host: String
    /// The port asked for; after the first start with 0, the port that the kernel chose, which later starts use again.
    public private(set) var port: Int
    public let limits: ServerLimits
    private let handler: ImmediateHandler

    private var acceptor: Acceptor?
    /// Nil while the server is stopped.
    private(set) var lanes: Lanes?
    private(set) var exchanges = ExchangeTable()
    private(set) var isStopping = false
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []
    private var drainWaiter: CheckedContinuation<Void, Never>?
    private var graceTimer: EventLoop.TimerID?
    private var begunInTurn = (turn: 0, count: 0)
    private var notBegun = FairQueue<(Request, Exchange)>()

    public convenience init(loop: EventLoop, host: String, port: Int, limits: ServerLimits = .default, handler: @escaping Handler) {
        self.init(loop: loop, host: host, port: port, limits: limits, immediateHandler: { request in .work { await handler(request) } })
    }

    /// - Parameter immediateHandler: Called on the loop's thread, outside of any task. A task, which costs more than many an answer, is
    ///   made only for what it leaves to be done.
    public init(loop: EventLoop, host: String, port: Int, limits: ServerLimits = .default, immediateHandler: @escaping ImmediateHandler) {
        self.loop = loop
        self.host = host
        self.port = port
        self.limits = limits
        handler = immediateHandler
    }

    public var isListening: Bool { acceptor != nil }

    /// Open connections, idle ones included.
    public var activeConnections: Int { lanes?.connectionCount ?? 0 }

    // MARK: Start and stop

    /// Opens the port and serves until `stop`. A stopped server can be started again.
    public func start() throws(ServerError) {
        guard lanes == nil else { throw .alreadyStarted(port: port) }
        let listener = try Listener.open(host: host, port: port)
        port = listener.port
        do {
            let lanes = try Lanes(server: self)
            self.lanes = lanes
            acceptor = try acceptor(on: listener.descriptor, for: lanes)
        } catch {
            lanes.take()?.stop()
            close(listener.descriptor)
            throw error
        }
    }

    private func acceptor(on listener: Int32, for lanes: Lanes) throws(ServerError) -> Acceptor {
        let room = { [limits] in limits.connections - lanes.connectionCount }
        do { return try Acceptor(loop: loop, descriptor: listener, room: room, admit: lanes.add) } catch {
            throw .cannotServe(port: port, code: error.code)
        }
    }

    /// Newcomers may have been kept waiting.
    func connectionsMayHaveClosed() { acceptor?.resume() }

    /// Closes the port at once, so that newcomers are refused, and every connection when its request in flight has been answered.
    ///
    /// - Parameter grace: How long requests in flight may take; then their handlers are cancelled and their connections closed.
    public func stop(grace: Duration = .seconds(5)) async {
        guard let lanes else { return }
        if isStopping {
            // Suspending gives way to other work first: looked at again where nothing can come in between.
            await withCheckedContinuation { if isStopping { stopWaiters.append($0) } else { $0.resume() } }
            return
        }
        isStopping = true
        acceptor.take()?.close()
        if !exchanges.isEmpty { await drain(within: grace) }
        abandonAll()
        lanes.stop()
        self.lanes = nil
        isStopping = false
        for waiter in stopWaiters { waiter.resume() }
        stopWaiters = []
    }

    private func drain(within grace: Duration) async {
        await withCheckedContinuation { continuation in
            // Suspending gives way to other work first, which may have been the last request.
            if exchanges.isEmpty { continuation.resume(); return }
            drainWaiter = continuation
            let timer = loop.schedule(after: grace) { [self] in drainWaiter.take()?.resume() }
            graceTimer = timer
        }
        if let timer = graceTimer.take() { loop.cancel(timer) }
    }

    private func abandonAll() {
        for exchange in exchanges.all {
            switch exchange.state {
            case .handling(let task):
                task?.cancel()
                exchange.state = .abandoned
                resume(exchange)
            case .pausing(let body):
                body.cancel()
                exchange.state = .abandoned
                resume(exchange)
            case .answered: exchange.state = .abandoned
            default: break
            }
        }
    }

    // MARK: Connections

    func suspend(_ exchange: Exchange, _ connection: OpaquePointer) {
        MHD_suspend_connection(connection)
        exchange.isSuspended = true
    }

    func resume(_ exchange: Exchange) {
        guard let connection = exchange.connection, let daemon = exchange.daemon else { return }
        if exchange.isSuspended { MHD_resume_connection(connection) }
        exchange.isSuspended = false
        daemon.runLater()
    }

    // MARK: Exchanges

    func add(_ exchange: Exchange) { exchanges.add(exchange) }

    func remove(_ exchange: Exchange) {
        exchange.detach()
        exchanges.remove(exchange)
        if exchanges.isEmpty { drainWaiter.take()?.resume() }
    }

    /// Lets the handler work on the loop: now, or after other work of the loop when many requests came at once, so that a burst at one
    /// route does not keep the others waiting.
    func handle(_ request: Request, for exchange: Exchange, on connection: OpaquePointer) {
        exchange.beganInRun = exchange.daemon?.runNumber ?? 0
        if begunInTurn.turn != loop.turnNumber { begunInTurn = (loop.turnNumber, 0) }
        if notBegun.isEmpty && begunInTurn.count < Self.beginningsPerTurn {
            begunInTurn.count += 1
            return begin(request, for: exchange)
        }
        exchange.state = .handling(nil)
        // It will not be answered in this turn: the library need not ask.
        suspend(exchange, connection)
        if notBegun.isEmpty { loop.execute { [self] in beginMore() } }
        notBegun.append((request, exchange), kind: request.target.utf8.prefix { $0 != UInt8(ascii: "?") })
    }

    private static let beginningsPerTurn = 64
    /// Of those that wait, fewer: what each begins to do lengthens the loop's turns for everybody.
    private static let waitingBeginningsPerTurn = 32

    private func begin(_ request: Request, for exchange: Exchange) {
        switch handler(request) {
        case .response(let response):
            // Sent by the daemon's next run, with those of other requests: one after the other each would wake its client up, which costs
            // more than to send it.
            exchange.state = .answered(response)
            resume(exchange)
        case .work(let work):
            exchange.state = .handling(Task(executorPreference: loop) { [self] in deliver(await work(), to: exchange) })
        }
    }

    private func beginMore() {
        var budget = Self.waitingBeginningsPerTurn
        while budget > 0, let (request, exchange) = notBegun.popFirst() {
            // A server that stops may have given it up meanwhile.
            guard case .handling = exchange.state else { continue }
            begin(request, for: exchange)
            budget -= 1
        }
        if !notBegun.isEmpty { loop.execute { [self] in beginMore() } }
    }

    /// The library asks on every run until a connection is answered or suspended. Suspending costs two system calls, so only those are
    /// suspended whose handlers wait for something: most are done before the loop has nothing left to do, or after a few runs.
    func wait(for exchange: Exchange, on connection: OpaquePointer) {
        guard let daemon = exchange.daemon, !exchange.isSuspended else { return }
        let runs = daemon.runNumber &- exchange.beganInRun
        if runs >= (loop.isBusy ? Self.patientRuns : 1) { suspend(exchange, connection) }
    }

    private static let patientRuns = 8

    private func deliver(_ response: Response, to exchange: Exchange) {
        guard case .handling = exchange.state else { return }
        exchange.state = .answered(response)
        resume(exchange)
    }
}
