import Base
import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An HTTP client on one event loop, with pooled connections.
///
/// Sends the header fields it is given plus `Host` and, for bodies, `Content-Length`; nothing is added or decoded behind the caller's back.
/// All methods must be called on the loop.
// @unchecked Sendable: touched only on the loop's thread.
public final class Client: @unchecked Sendable {
    public let loop: EventLoop
    public let options: ClientOptions
    private let multi: OpaquePointer
    private var transfers: [Transfer] = []
    private var idle: [Transfer] = []
    private var sockets = SocketTable()
    private var timer: (id: EventLoop.TimerID, due: Int64)?
    /// When the library wants to be called, in nanoseconds.
    private var deadline: Int64?
    private var isActing = false
    private var wantsKick = false
    private var hasKickScheduled = false
    private(set) var isClosed = false

    /// libcurl's own initialisation must happen once and before any other call.
    private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    public init(loop: EventLoop, options: ClientOptions = .default) {
        precondition(Self.isInitialised, "libcurl could not be initialised")
        self.loop = loop
        self.options = options
        multi = OpaquePointer(curl_multi_init()!)
        curl_multi_set_callbacks(handle, socketChanged, timerChanged, Unmanaged.passUnretained(self).toOpaque())
        curl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, options.connectionsPerHost)
        curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, options.idleConnections)
    }

    deinit { release() }

    private var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(multi) }

    /// Transfers under way.
    public var activeRequests: Int { transfers.count }

    // MARK: Sending

    /// Sends a request and waits for the whole response, following up to `redirectLimit` redirects.
    ///
    /// Any status is a response, not an error. Cancelling the task ends the transfer with `.cancelled`.
    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        precondition(loop.isOnLoop, "a client must be used on its loop")
        var hop = Hop(request)
        while true {
            let (response, location) = try await exchange(hop.request)
            guard request.redirectLimit > 0, let location else { return hop.finish(response) }
            try hop.follow(response, to: location)
        }
    }

    private func exchange(_ request: ClientRequest) async throws(ClientError) -> (ClientResponse, redirect: String?) {
        if isClosed || Task.isCancelled { throw .cancelled }
        let transfer = try prepare(request, keeping: .everything)
        let number = transfer.number
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.waiting = .response(continuation)
                // Cancellation may have come before there was anything to cancel.
                if Task.isCancelled { drop(transfer, .cancelled) } else { begin(transfer) }
            }
        } onCancel: {
            loop.execute { [self] in cancel(transfer, number: number) }
        }
        switch outcome {
        case .success(let result): return result
        case .failure(let error): throw error
        }
    }

    /// A request under way, to be cancelled.
    public struct Flight: Sendable {
        let transfer: Transfer
        let number: Int
    }

    /// Sends a request without a task that waits: for load, where a task per request would cost more than the request.
    ///
    /// Redirects are answers. The completion is called on the loop, never before this method has returned; any status is a success.
    /// - Returns: Nil when the request could not begin; its completion is called with the reason all the same.
    @discardableResult
    public func start(
        _ request: ClientRequest, keeping keeps: ClientRequest.Kept = .everything, _ completion: @escaping (Result<ClientAnswer, ClientError>) -> Void
    ) -> Flight? {
        if isClosed { return refuse(.cancelled, completion) }
        do throws(ClientError) {
            let transfer = try prepare(request, keeping: keeps)
            transfer.waiting = .answer(completion)
            begin(transfer)
            return Flight(transfer: transfer, number: transfer.number)
        } catch {
            return refuse(error, completion)
        }
    }

    private func refuse(_ error: ClientError, _ completion: @escaping (Result<ClientAnswer, ClientError>) -> Void) -> Flight? {
        let completion = LoopBound(completion)
        loop.execute { completion.body(.failure(error)) }
        return nil
    }

    /// Ends a request with `.cancelled`; harmless when it has ended.
    public func cancel(_ flight: Flight) { cancel(flight.transfer, number: flight.number) }

    private func cancel(_ transfer: Transfer, number: Int) {
        guard transfer.number == number, isUnderWay(transfer) else { return }
        take(transfer)
        settle()
        drop(transfer, .cancelled)
    }

    /// Ends everything under way with `.cancelled` and closes all connections; later requests fail with `.cancelled`.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        while let transfer = transfers.last {
            take(transfer)
            transfer.fail(.cancelled)
        }
        stopTimer()
        release()
        settle()
    }

    private var isReleased = false

    private func release() {
        guard !isReleased else { return }
        isReleased = true
        idle = []
        // Closing idle connections must not call back into an object that is going away.
        if !isClosed { curl_multi_set_callbacks(handle, nil, nil, nil) }
        curl_multi_cleanup(handle)
    }

    // MARK: Transfers

    private func prepare(_ request: ClientRequest, keeping keeps: ClientRequest.Kept) throws(ClientError) -> Transfer {
        let transfer = idle.popLast() ?? Transfer(client: Unmanaged.passUnretained(self).toOpaque(), options: options)
        do throws(ClientError) { try transfer.prepare(request, keeping: keeps) } catch {
            idle.append(transfer)
            throw error
        }
        return transfer
    }

    private func begin(_ transfer: Transfer) {
        transfer.place = transfers.count
        transfers.append(transfer)
        let code = curl_multi_add_handle(handle, transfer.easy.pointer)
        guard code != CURLM_OK else { return }
        take(transfer)
        let error = ClientError.other(String(cString: curl_multi_strerror(code)))
        loop.execute { [self] in drop(transfer, error) }
    }

    private func isUnderWay(_ transfer: Transfer) -> Bool { transfers.indices.contains(transfer.place) && transfers[transfer.place] === transfer }

    /// Takes a transfer off the library and off the list.
    private func take(_ transfer: Transfer) {
        curl_multi_remove_handle(handle, transfer.easy.pointer)
        let last = transfers.removeLast()
        guard last !== transfer else { return }
        transfers[transfer.place] = last
        last.place = transfer.place
    }

    private func drop(_ transfer: Transfer, _ error: ClientError) {
        transfer.fail(error)
        recycle(transfer)
    }

    private static let idleLimit = 256

    private func recycle(_ transfer: Transfer) {
        if idle.count < Self.idleLimit, !isClosed { idle.append(transfer) }
    }

    private func collect() {
        var code = CURLE_OK
        while !isClosed, let easy = curl_multi_next_done(handle, &code) {
            let transfer = Unmanaged<Transfer>.fromOpaque(curl_get_private(easy)!).takeUnretainedValue()
            take(transfer)
            // Whoever waits may send the next request at once: not with this handle, which still holds what he is told.
            transfer.finish(code)
            recycle(transfer)
        }
    }

    // MARK: Driving the library

    /// How often the library is served again at once because what ended has begun something new. More would starve the loop, as when a
    /// refused connection is tried again and again.
    private static let roundsPerTurn = 16

    private func act(on descriptor: Int32, _ events: Int32) {
        guard !isClosed else { return }
        var running: Int32 = 0
        isActing = true
        curl_multi_socket_action(handle, descriptor, events, &running)
        collect()
        var rounds = 0
        while wantsKick, !isClosed, rounds < Self.roundsPerTurn {
            wantsKick = false
            curl_multi_socket_action(handle, timeoutSocket, 0, &running)
            collect()
            rounds += 1
        }
        isActing = false
        settle()
        if wantsKick { scheduleKick() }
    }

    /// Stops watching the sockets that the library has given up.
    private func settle() { sockets.takeParked { loop.unwatch($0) } }

    /// The library asks to be told about a socket.
    fileprivate func watch(_ descriptor: Int32, _ what: Int32) -> Int32 {
        if what == CURL_POLL_REMOVE || what == CURL_POLL_NONE {
            sockets.park(descriptor)
            return 0
        }
        guard sockets.needsWatch(descriptor, for: what) else { return 0 }
        var interest: EventLoop.Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        do {
            try loop.watch(descriptor, for: interest) { [weak self] ready in
                var events: Int32 = 0
                if ready.contains(.readable) { events |= CURL_CSELECT_IN }
                if ready.contains(.writable) { events |= CURL_CSELECT_OUT }
                if ready.contains(.failed) { events |= CURL_CSELECT_ERR }
                self?.act(on: descriptor, events)
            }
            return 0
        } catch {
            _ = sockets.forget(descriptor)
            return -1
        }
    }

    /// A new socket may have the number of one that was closed while it was parked.
    fileprivate func opened(_ descriptor: Int32) {
        if sockets.forget(descriptor) { loop.unwatch(descriptor) }
    }

    // MARK: Time

    /// The library asks to be called after `milliseconds`; 0 is at once but not from within its own call, -1 never.
    fileprivate func setTimer(milliseconds: Int) {
        if milliseconds < 0 { deadline = nil; return }
        if milliseconds == 0 {
            deadline = nil
            if isActing { wantsKick = true } else { scheduleKick() }
            return
        }
        let due = loop.now.nanoseconds + Int64(milliseconds) * 1_000_000
        deadline = due
        // With every request the library names another time. One timer that comes too early is cheaper than a new one for each.
        if let timer, timer.due <= due { return }
        setTimer(due: due)
    }

    private func setTimer(due: Int64) {
        stopTimer()
        let id = loop.schedule(after: .nanoseconds(due - loop.now.nanoseconds)) { [weak self] in self?.timerFired() }
        timer = (id, due)
    }

    private func timerFired() {
        timer = nil
        guard let deadline, !isClosed else { return }
        if deadline > loop.now.nanoseconds { setTimer(due: deadline); return }
        self.deadline = nil
        act(on: timeoutSocket, 0)
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer.id) }
        timer = nil
    }

    /// Once for all transfers that this turn of the loop begins.
    private func scheduleKick() {
        guard !hasKickScheduled else { return }
        hasKickScheduled = true
        loop.execute { [weak self] in
            guard let self else { return }
            hasKickScheduled = false
            wantsKick = false
            act(on: timeoutSocket, 0)
        }
    }
}

/// A completion on its way to a later turn of the loop.
// @unchecked Sendable: made and called on one loop.
private final class LoopBound: @unchecked Sendable {
    let body: (Result<ClientAnswer, ClientError>) -> Void
    init(_ body: @escaping (Result<ClientAnswer, ClientError>) -> Void) { self.body = body }
}

/// CURL_SOCKET_TIMEOUT, a macro that Swift does not import.
private let timeoutSocket: Int32 = -1

private func client(_ pointer: UnsafeMutableRawPointer?) -> Client? {
    pointer.map { Unmanaged<Client>.fromOpaque($0).takeUnretainedValue() }
}

private func socketChanged(
    easy: UnsafeMutableRawPointer?, descriptor: Int32, what: Int32, context: UnsafeMutableRawPointer?, socket: UnsafeMutableRawPointer?
) -> Int32 {
    client(context)?.watch(descriptor, what) ?? 0
}

private func timerChanged(multi: UnsafeMutableRawPointer?, milliseconds: Int, context: UnsafeMutableRawPointer?) -> Int32 {
    client(context)?.setTimer(milliseconds: milliseconds)
    return 0
}

/// Opens a socket as the library would, but not for child processes.
func openSocket(context: UnsafeMutableRawPointer?, purpose: curlsocktype, address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    guard let address = address?.pointee else { return -1 }
    let descriptor = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
    if descriptor >= 0 { client(context)?.opened(descriptor) }
    return descriptor
}
