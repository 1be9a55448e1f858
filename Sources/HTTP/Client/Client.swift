import Base
import CCurl

/// An HTTP client on one event loop, with pooled connections.
///
/// Sends the header fields it is given plus `Host` and, for bodies, `Content-Length`; nothing is added or decoded behind the caller's back.
/// All methods must be called on the loop.
// @unchecked Sendable: touched only on the loop's thread.
public final class Client: @unchecked Sendable {
    public let loop: EventLoop
    public let options: ClientOptions
    private let multi: OpaquePointer
    private var transfers: [ObjectIdentifier: Transfer] = [:]
    private var idleHandles: [EasyHandle] = []
    private var timer: EventLoop.TimerID?
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
        let transfer = makeTransfer()
        do throws(ClientError) { try transfer.prepare(request, options: options) } catch {
            recycle(transfer.easy)
            throw error
        }
        return try await run(transfer)
    }

    func makeTransfer() -> Transfer { Transfer(easy: idleHandles.popLast() ?? EasyHandle(), bodyLimitBytes: options.bodyLimitBytes) }

    /// Carries out a prepared transfer.
    func run(_ transfer: Transfer) async throws(ClientError) -> (ClientResponse, redirect: String?) {
        guard !isClosed, !Task.isCancelled else {
            recycle(transfer.easy)
            throw .cancelled
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                begin(transfer)
            }
        } onCancel: {
            loop.execute { [self] in end(transfer, with: .failure(.cancelled)) }
        }
        switch outcome {
        case .success(let result): return result
        case .failure(let error): throw error
        }
    }

    /// Ends everything under way with `.cancelled` and closes all connections; later requests fail with `.cancelled`.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        for transfer in transfers.values { end(transfer, with: .failure(.cancelled)) }
        stopTimer()
        release()
    }

    private var isReleased = false

    private func release() {
        guard !isReleased else { return }
        isReleased = true
        idleHandles = []
        // Closing idle connections must not call back into an object that is going away.
        if !isClosed { curl_multi_set_callbacks(handle, nil, nil, nil) }
        curl_multi_cleanup(handle)
    }

    // MARK: Transfers

    private func begin(_ transfer: Transfer) {
        // Cancellation may have come before there was anything to cancel.
        if Task.isCancelled { transfer.finish(.failure(.cancelled)); return }
        transfers[ObjectIdentifier(transfer)] = transfer
        let code = curl_multi_add_handle(handle, transfer.easy.pointer)
        if code != CURLM_OK { end(transfer, with: .failure(.other(String(cString: curl_multi_strerror(code))))) }
    }

    private func end(_ transfer: Transfer, with outcome: Transfer.Outcome) {
        guard transfers.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
        curl_multi_remove_handle(handle, transfer.easy.pointer)
        recycle(transfer.easy)
        transfer.finish(outcome)
    }

    private static let idleHandleLimit = 256

    func recycle(_ easy: EasyHandle) {
        guard idleHandles.count < Self.idleHandleLimit, !isClosed else { return }
        easy.reset()
        idleHandles.append(easy)
    }

    private func collect() {
        var code = CURLE_OK
        while !isClosed, let easy = curl_multi_next_done(handle, &code) {
            let transfer = Unmanaged<Transfer>.fromOpaque(curl_get_private(easy)!).takeUnretainedValue()
            end(transfer, with: transfer.outcome(code))
        }
    }

    // MARK: Driving the library

    private func act(on descriptor: Int32, _ events: Int32) {
        guard !isClosed else { return }
        var running: Int32 = 0
        curl_multi_socket_action(handle, descriptor, events, &running)
        collect()
    }

    /// The library asks to be told about a socket.
    fileprivate func watch(_ descriptor: Int32, _ what: Int32) -> Int32 {
        var interest: EventLoop.Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        if what == CURL_POLL_REMOVE || interest.isEmpty {
            loop.unwatch(descriptor)
            return 0
        }
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
            return -1
        }
    }

    /// The library asks to be called after `milliseconds`; 0 is at once but not from within its own call, -1 never.
    fileprivate func setTimer(milliseconds: Int) {
        stopTimer()
        if milliseconds < 0 { return }
        if milliseconds == 0 { kick(); return }
        timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            self?.timer = nil
            self?.act(on: timeoutSocket, 0)
        }
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    /// Once for all transfers that this turn of the loop begins.
    private func kick() {
        guard !hasKickScheduled else { return }
        hasKickScheduled = true
        loop.execute { [weak self] in
            self?.hasKickScheduled = false
            self?.act(on: timeoutSocket, 0)
        }
    }
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
