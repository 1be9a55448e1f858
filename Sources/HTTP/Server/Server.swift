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

    public let loop: EventLoop
    public let host: String
    /// The port asked for; after the first start with 0, the port that the kernel chose, which later starts use again.
    public private(set) var port: Int
    public let limits: ServerLimits
    let handler: Handler
    /// On the loop too: requests are handled isolated to it, so that a handler which calls it need not change the executor.
    private let isolation: (any Actor)?

    private var daemon: OpaquePointer?
    private var epollDescriptor: Int32 = -1
    private var exchanges = ExchangeTable()
    private(set) var isStopping = false
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []
    private var drainWaiter: CheckedContinuation<Void, Never>?
    private var hasRunScheduled = false
    private var begunSinceTurn = 0
    private var notBegun = Deque<(Request, Exchange)>()
    /// True while the loop has nothing left to do: handlers that are not done yet then wait for something.
    private var isAtEndOfTurn = false
    /// Counts the library's runs.
    private var runNumber = 0
    private var idleCheck: (timer: EventLoop.TimerID, due: Timestamp)?

    /// - Parameter isolation: An actor whose executor is the loop, for handlers that work on it.
    public init(
        loop: EventLoop, host: String, port: Int, limits: ServerLimits = .default, isolation: (any Actor)? = nil, handler: @escaping Handler
    ) {
        self.isolation = isolation
        self.loop = loop
        self.host = host
        self.port = port
        self.limits = limits
        self.handler = handler
    }

    public var isListening: Bool { daemon != nil && !isStopping }

    /// Open connections, idle ones included.
    public var activeConnections: Int { daemon.map { Int(mhd_connection_count($0)) } ?? 0 }

    // MARK: Start and stop

    /// Opens the port and serves until `stop`. A stopped server can be started again.
    public func start() throws(ServerError) {
        guard daemon == nil else { throw .alreadyStarted(port: port) }
        let listener = try Listener.open(host: host, port: port)
        errno = 0
        let made = mhd_start(
            listener.descriptor, limits.connectionMemoryBytes, UInt32(clamping: limits.connections), UInt32(clamping: limits.idleSeconds),
            accessRequest, beginRequest, completeRequest, Unmanaged.passUnretained(self).toOpaque())
        guard let made else {
            let code = errno
            close(listener.descriptor)
            throw .cannotServe(port: listener.port, code: code)
        }
        epollDescriptor = mhd_epoll_descriptor(made)
        do {
            // The body's strong self is what keeps a listening server alive.
            try loop.watch(epollDescriptor, for: .readable) { [self] _ in run() }
        } catch {
            MHD_stop_daemon(made)
            throw .cannotServe(port: listener.port, code: error.code)
        }
        daemon = made
        port = listener.port
        // The library puts the listener into its epoll set on its first run only.
        run()
    }

    /// Closes the port at once, so that newcomers are refused, and every connection when its request in flight has been answered.
    ///
    /// - Parameter grace: How long requests in flight may take; then their handlers are cancelled and their connections closed.
    public func stop(grace: Duration = .seconds(5)) async {
        guard let daemon else { return }
        if isStopping {
            await withCheckedContinuation { stopWaiters.append($0) }
            return
        }
        isStopping = true
        let listener = MHD_quiesce_daemon(daemon)
        if listener >= 0 { close(listener) }
        if !exchanges.isEmpty { await drain(within: grace) }
        abandonAll()
        tearDown(daemon)
        for waiter in stopWaiters { waiter.resume() }
        stopWaiters = []
    }

    private func drain(within grace: Duration) async {
        await withCheckedContinuation { continuation in
            drainWaiter = continuation
            let timer = loop.schedule(after: grace) { [self] in drainWaiter.take()?.resume() }
            graceTimer = timer
        }
        if let timer = graceTimer.take() { loop.cancel(timer) }
    }

    private var graceTimer: EventLoop.TimerID?

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

    private func tearDown(_ daemon: OpaquePointer) {
        // Resumed connections must have left the suspended list, or the library aborts the process.
        MHD_run(daemon)
        if let check = idleCheck.take() { loop.cancel(check.timer) }
        loop.unwatch(epollDescriptor)
        self.daemon = nil
        MHD_stop_daemon(daemon)
        isStopping = false
    }

    // MARK: Driving the library

    /// Lets the library do what can be done without waiting, and arranges the next call that no descriptor will announce.
    private func run() {
        guard let daemon else { return }
        runNumber &+= 1
        MHD_run(daemon)
        var milliseconds: UInt64 = 0
        guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return }
        if milliseconds == 0 { runSoon() } else { checkIdle(after: .milliseconds(Int64(clamping: milliseconds))) }
    }

    /// Once for all connections that this turn of the loop answers or has begun to handle.
    private func runSoon() {
        guard !hasRunScheduled else { return }
        hasRunScheduled = true
        loop.atEndOfTurn { [self] in
            hasRunScheduled = false
            isAtEndOfTurn = true
            run()
            isAtEndOfTurn = false
        }
    }

    private func checkIdle(after delay: Duration) {
        let due = loop.now + delay
        if let check = idleCheck {
            // Limits move later with every byte: the check that is due first finds out, instead of a new timer for every request.
            guard due < check.due else { return }
            loop.cancel(check.timer)
        }
        let timer = loop.schedule(after: delay) { [self] in
            idleCheck = nil
            run()
        }
        idleCheck = (timer, due)
    }

    func suspend(_ exchange: Exchange, _ connection: OpaquePointer) {
        MHD_suspend_connection(connection)
        exchange.isSuspended = true
    }

    func resume(_ exchange: Exchange) {
        guard let connection = exchange.connection else { return }
        if exchange.isSuspended { MHD_resume_connection(connection) }
        exchange.isSuspended = false
        runSoon()
    }

    // MARK: Exchanges

    func add(_ exchange: Exchange) { exchanges.add(exchange) }

    func remove(_ exchange: Exchange) {
        exchange.detach()
        exchanges.remove(exchange)
        if exchanges.isEmpty { drainWaiter.take()?.resume() }
    }

    /// Lets the handler work on the loop: now, or after other work of the loop when many requests came at once, so that a burst at one
    /// server does not keep the others waiting.
    func handle(_ request: Request, for exchange: Exchange) {
        exchange.beganInRun = runNumber
        guard begunSinceTurn < Self.beginningsPerTurn else {
            exchange.state = .handling(nil)
            if notBegun.isEmpty { loop.execute { [self] in beginMore() } }
            return notBegun.append((request, exchange))
        }
        if begunSinceTurn == 0 { loop.execute { [self] in begunSinceTurn = 0 } }
        begunSinceTurn += 1
        begin(request, for: exchange)
    }

    private static let beginningsPerTurn = 64

    private func begin(_ request: Request, for exchange: Exchange) {
        exchange.state = .handling(Task(executorPreference: loop) { [self] in await respond(to: request, for: exchange, on: isolation) })
    }

    private func beginMore() {
        var budget = Self.beginningsPerTurn
        while budget > 0, let (request, exchange) = notBegun.popFirst() {
            // A server that stops may have given it up meanwhile.
            guard case .handling = exchange.state else { continue }
            begin(request, for: exchange)
            budget -= 1
        }
        if !notBegun.isEmpty { loop.execute { [self] in beginMore() } }
    }

    /// All in one isolation: each change of it would be a turn in the loop's queue.
    private func respond(to request: Request, for exchange: Exchange, on actor: isolated (any Actor)?) async {
        let response = await handler(request)
        deliver(response, to: exchange)
    }

    /// The library asks on every run until a connection is answered or suspended. Suspending costs two system calls, so only those are
    /// suspended whose handlers wait for something: most are done before the loop's turn ends.
    func wait(for exchange: Exchange, on connection: OpaquePointer) {
        guard isAtEndOfTurn && exchange.beganInRun != runNumber && !exchange.isSuspended else { return }
        suspend(exchange, connection)
    }

    private func deliver(_ response: Response, to exchange: Exchange) {
        guard case .handling = exchange.state else { return }
        exchange.state = .answered(response)
        resume(exchange)
    }
}
