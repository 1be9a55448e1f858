import CMicroHTTPD

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Server {
    /// Hands a response to the library. A header field with a line break or an impossible name is left out, so that no value can add
    /// fields of its own.
    func send(_ response: Response, for exchange: Exchange, on connection: OpaquePointer) -> MHD_Result {
        exchange.state = .sending
        if response.ending == .reset {
            cut(connection)
            return .NO
        }
        guard let made = make(response, for: exchange) else { return .NO }
        defer { MHD_destroy_response(made) }
        for field in response.headers.fields where !isOurs(field.name) {
            // Passing the strings themselves would copy each into an array first.
            field.name.withCString { name in
                field.value.withCString { value in _ = MHD_add_response_header(made, name, value) }
            }
        }
        if response.ending == .close || isStopping { _ = MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(clamping: response.status), made)
    }

    /// Answers without asking the handler.
    func refuse(_ exchange: Exchange, status: Int, on connection: OpaquePointer) -> MHD_Result {
        let headers = Headers(["Content-Type": "text/plain; charset=utf-8"])
        let body = [UInt8]("\(status) \(Status.reason(status))\n".utf8)
        return send(Response(status: status, headers: headers, body: body, ending: .close), for: exchange, on: connection)
    }

    /// Fields that describe the message's framing, which the library writes.
    private func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }

    private func make(_ response: Response, for exchange: Exchange) -> OpaquePointer? {
        switch response.body {
        case .bytes(let bytes):
            if exchange.isHead && bytes.isEmpty, let length = response.headers["Content-Length"].flatMap(UInt64.init) {
                // The handler left the body out, as it may, and says how long it would be; the reader is never called.
                return MHD_create_response_from_callback(length, 1, { _, _, _, _ in -1 }, nil, nil)
            }
            return bytes.withUnsafeBytes { buffer in
                // The library only reads the bytes; its parameter lacks the const.
                MHD_create_response_from_buffer(buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .paced(let pieces):
            let body = PacedBody(pieces, exchange: exchange, server: self)
            let context = Unmanaged.passRetained(body)
            let made = MHD_create_response_from_callback(.max, Self.pacedBlockBytes, readPaced, context.toOpaque(), releasePaced)
            if made == nil { context.release() }
            return made
        }
    }

    private static let pacedBlockBytes = 4_096

    /// Ends the TCP connection with RST instead of FIN.
    ///
    /// Connecting to "no address" is how Linux dissolves a connection at once. `SO_LINGER` with 0 seconds would only act at `close`, and
    /// the library shuts the socket down before it closes it, which sends an ordinary FIN.
    private func cut(_ connection: OpaquePointer) {
        let descriptor = mhd_socket(connection)
        guard descriptor >= 0 else { return }
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }
}

/// The library asks for the next bytes of a paced body.
private func readPaced(
    context: UnsafeMutableRawPointer?, position: UInt64, buffer: UnsafeMutablePointer<CChar>?, limit: Int
) -> Int {
    let body = Unmanaged<PacedBody>.fromOpaque(context!).takeUnretainedValue()
    if case .abandoned = body.exchange.state { return endWithError }
    guard let buffer, let connection = body.exchange.connection else { return endWithError }
    switch body.reader.next(limitBytes: limit) {
    case .end: return endOfStream
    case .send(let bytes):
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: buffer, count: limit).copyMemory(from: $0) }
        return bytes.count
    case .wait(let delay):
        body.server.suspend(body.exchange, connection)
        body.pause(for: delay)
        return 0
    }
}

private func releasePaced(context: UnsafeMutableRawPointer?) {
    let body = Unmanaged<PacedBody>.fromOpaque(context!).takeRetainedValue()
    body.cancel()
}

// MHD_CONTENT_READER_END_OF_STREAM and MHD_CONTENT_READER_END_WITH_ERROR: macros with casts, which Swift does not import.
private let endOfStream = -1
private let endWithError = -2
