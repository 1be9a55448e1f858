extension Client {
    /// Opens a connection of its own, with a TLS handshake where asked for, and closes it.
    ///
    /// - Throws: Why it could not be opened; a certificate that does not hold is `.tls`.
    public func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
        precondition(loop.isOnLoop, "a client must be used on its loop")
        if isClosed || Task.isCancelled { throw .cancelled }
        // Not one of the idle ones, and none of them later: its session is looked at after its end.
        let transfer = makeTransfer(isReusable: false)
        try transfer.prepare(request)
        let (response, _) = try await run(transfer)
        return ConnectResponse(timings: response.timings, remoteAddress: response.remoteAddress, session: transfer.session)
    }
}
