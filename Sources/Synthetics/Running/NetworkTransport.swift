import Base
import HTTP

/// Carries checks over the network: HTTP and TLS by libcurl on the loop, DNS by the system's resolver on a worker thread.
public struct NetworkTransport: CheckTransport {
    private let client: Client

    /// - Parameter client: Must be used on its loop, and closed by the caller.
    public init(_ client: Client) { self.client = client }

    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse { try await client.send(request) }

    public func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse { try await client.connect(request) }

    public func lookUp(_ query: NameQuery) async throws(ClientError) -> [RecordType: [String]] {
        let answer: Result<[RecordType: [String]], ClientError>
        do { answer = try await WorkerPool.shared.run { Self.ask(query) } } catch { throw .other("\(error)") }
        return try answer.get()
    }

    /// A result instead of an error, because it comes from another thread.
    private static func ask(_ query: NameQuery) -> Result<[RecordType: [String]], ClientError> {
        do throws(ClientError) { return .success(try NameResolver(query).answers()) } catch { return .failure(error) }
    }
}
