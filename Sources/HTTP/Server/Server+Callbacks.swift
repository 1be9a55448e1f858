import CMicroHTTPD

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// The library's callbacks. It calls them inside `MHD_run` only, therefore on the loop's thread.

private func daemon(_ pointer: UnsafeMutableRawPointer?) -> Daemon {
    Unmanaged<Daemon>.fromOpaque(pointer!).takeUnretainedValue()
}

/// The request line has been read: the only place where the library shows the target before it decodes it. The result is handed to the
/// other callbacks as the request's context.
func beginRequest(
    context: UnsafeMutableRawPointer?, uri: UnsafePointer<CChar>?, connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    let daemon = daemon(context)
    let exchange = Exchange(target: uri.map { String(cString: $0) } ?? "/", connection: connection!, daemon: daemon)
    daemon.server.add(exchange)
    return Unmanaged.passRetained(exchange).toOpaque()
}

/// The head has been read, a part of the body has come, the request is complete, or a suspended connection goes on.
func accessRequest(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, decodedPath: UnsafePointer<CChar>?, method: UnsafePointer<CChar>?,
    version: UnsafePointer<CChar>?, upload: UnsafePointer<CChar>?, uploadSize: UnsafeMutablePointer<Int>?,
    requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let pointer = requestContext?.pointee, let connection, let uploadSize, let method else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    let server = daemon(context).server
    let count = uploadSize.pointee
    if count > 0 {
        uploadSize.pointee = 0
        return server.receive(UnsafeRawBufferPointer(start: upload, count: count), for: exchange)
    }
    switch exchange.state {
    case .arrived: return server.examineHead(of: exchange, method: method, on: connection)
    case .receiving: return server.beginHandling(exchange, method: method, on: connection)
    case .draining: return server.refuse(exchange, status: 413, on: connection)
    case .answered(let response): return server.send(response, for: exchange, on: connection)
    case .handling:
        server.wait(for: exchange, on: connection)
        return .YES
    // Called again in spite of the suspension or the queued response: nothing to do.
    case .sending, .pausing: return .YES
    case .abandoned: return .NO
    }
}

/// The response has been sent or the connection is lost; the library will not name this request again.
func completeRequest(
    context: UnsafeMutableRawPointer?, connection: OpaquePointer?, requestContext: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    reason: MHD_RequestTerminationCode
) {
    guard let pointer = requestContext?.pointee else { return }
    requestContext?.pointee = nil
    daemon(context).server.remove(Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue())
}

extension Server {
    /// Applies the limits that the head alone decides.
    func examineHead(of exchange: Exchange, method: UnsafePointer<CChar>, on connection: OpaquePointer) -> MHD_Result {
        if isStopping { return .NO }
        exchange.isHead = strcmp(method, "HEAD") == 0
        if Int(MHD_get_connection_values(connection, .HEADER_KIND, nil, nil)) > limits.headerCount {
            return refuse(exchange, status: 431, on: connection)
        }
        exchange.state = .receiving
        guard let text = MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length") else { return .YES }
        let length = Int(String(cString: text)) ?? Int.max
        guard length > limits.bodyBytes else {
            exchange.body.reserveCapacity(length)
            return .YES
        }
        // Who asks first, or sends far too much, gets the answer before the body; others get to read it after they have sent theirs.
        let asksFirst = MHD_lookup_connection_value(connection, .HEADER_KIND, "Expect") != nil
        if asksFirst || length > ServerLimits.drainedBytes { return refuse(exchange, status: 413, on: connection) }
        exchange.state = .draining
        return .YES
    }

    func receive(_ bytes: UnsafeRawBufferPointer, for exchange: Exchange) -> MHD_Result {
        if case .receiving = exchange.state {
            if exchange.body.count + bytes.count <= limits.bodyBytes {
                exchange.body.append(contentsOf: bytes)
                return .YES
            }
            exchange.state = .draining
            exchange.body = []
        }
        exchange.drainedBytes += bytes.count
        return exchange.drainedBytes <= ServerLimits.drainedBytes ? .YES : .NO
    }

    func beginHandling(_ exchange: Exchange, method: UnsafePointer<CChar>, on connection: OpaquePointer) -> MHD_Result {
        let peer = mhd_client_address(connection)
        let request = Request(
            method: String(cString: method), target: exchange.target, headers: Self.headers(of: connection), body: exchange.body,
            remoteAddress: peer.map(SocketAddress.text) ?? "", remotePort: peer.map(SocketAddress.port) ?? 0)
        exchange.body = []
        handle(request, for: exchange, on: connection)
        return .YES
    }

    /// In the order in which they came; the library would also join nothing, so repeats stay.
    private static func headers(of connection: OpaquePointer) -> Headers {
        var fields: [Headers.Field] = []
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    let fields = context!.assumingMemoryBound(to: [Headers.Field].self)
                    fields.pointee.append(Headers.Field(name: text(name, nameSize), value: text(value, valueSize)))
                    return .YES
                }, pointer)
        }
        return Headers(fields)
    }
}

private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
}
