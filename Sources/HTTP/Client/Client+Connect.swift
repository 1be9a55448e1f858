extension Client {
    /// Opens a connection of its own, with a TLS handshake where asked for, and closes it.
    ///
    /// - Throws: Why it could not be opened; a certificate that does not hold is `.tls`.
    public func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
        precondition(loop.isOnLoop, "a client must be used on its loop")
        let transfer = makeTransfer()
        do throws(ClientError) { try transfer.prepare(request, options: options) } catch {
            recycle(transfer.easy)
            throw error
        }
        let (response, _) = try await run(transfer)
        return ConnectResponse(timings: response.timings, remoteAddress: response.remoteAddress, session: transfer.session)
    }
}
