import HTTP

/// What the exporters need of an HTTP client.
public protocol HTTPSender {
    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse
}
