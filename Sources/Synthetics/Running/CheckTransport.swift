import HTTP

/// What carries a check's requests: a real HTTP client, or a shop in the same process.
public protocol CheckTransport: Sendable {
    /// - Throws: The reason why no response came.
    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse
}
