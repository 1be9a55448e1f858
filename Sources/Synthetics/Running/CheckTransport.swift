import HTTP

/// What carries a check's requests: the network, or a shop in the same process.
public protocol CheckTransport: Sendable {
    /// - Throws: The reason why no response came.
    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse

    /// Opens a connection and closes it.
    ///
    /// - Throws: The reason why it could not be opened.
    func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse

    /// The DNS records of a name, by type; a type that it has none of has an empty list.
    ///
    /// - Throws: `.nameNotResolved` when there is no such name, or why nobody answered.
    func lookUp(_ query: NameQuery) async throws(ClientError) -> [RecordType: [String]]
}

/// A DNS question.
public struct NameQuery: Sendable, Equatable {
    public var host: String
    /// Address or name; nil asks the system's servers.
    public var server: String?
    public var port: Int
    public var types: [RecordType]
    public var timeout: Duration

    public init(host: String, server: String? = nil, port: Int = 53, types: [RecordType], timeout: Duration) {
        self.host = host
        self.server = server
        self.port = port
        self.types = types
        self.timeout = timeout
    }
}

extension CheckTransport {
    public func connect(_ request: ConnectRequest) async throws(ClientError) -> ConnectResponse {
        throw .other("connections without HTTP are not possible here")
    }

    public func lookUp(_ query: NameQuery) async throws(ClientError) -> [RecordType: [String]] {
        throw .other("DNS questions are not possible here")
    }
}
