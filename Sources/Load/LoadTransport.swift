import HTTP

/// What carries the requests of recorded or generated load: a real HTTP client, or a shop in the same process.
public protocol LoadTransport: Sendable {
    /// - Throws: The reason why no response came.
    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse
}

extension Client: LoadTransport {}
