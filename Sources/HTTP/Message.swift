/// A request as a server received it.
public struct Request: Sendable {
    /// As sent, for example `GET`; methods are case-sensitive (RFC 9110 §9.1).
    public var method: String
    /// Path and query as sent, still percent-encoded.
    public var target: String
    public var headers: Headers
    public var body: [UInt8]
    /// Address of the peer, for example `127.0.0.1`.
    public var remoteAddress: String
    /// Port of the peer; with its address it names the connection. 0 when there is none.
    public var remotePort: Int

    public init(
        method: String, target: String, headers: Headers = Headers(), body: [UInt8] = [], remoteAddress: String = "127.0.0.1", remotePort: Int = 0
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
    }
}

/// A response on its way to a client.
public struct Response: Sendable {
    public enum Body: Sendable, Equatable {
        case bytes([UInt8])
        /// Sent with chunked transfer coding, each piece after its delay: streams, and bodies that a fault slows down.
        case paced([Piece])
    }

    public struct Piece: Sendable, Equatable {
        public var delay: Duration
        public var bytes: [UInt8]

        public init(after delay: Duration = .zero, _ bytes: [UInt8]) {
            self.delay = delay
            self.bytes = bytes
        }
    }

    /// How the connection ends after this response.
    public enum Ending: Sendable, Equatable {
        case keepAlive
        case close
        /// The connection is cut without an answer, as a crashed process does.
        case reset
    }

    public var status: Int
    public var headers: Headers
    public var body: Body
    public var ending: Ending

    public init(status: Int, headers: Headers = Headers(), body: [UInt8] = [], ending: Ending = .keepAlive) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
        self.ending = ending
    }

    /// The whole body, the pieces of a paced one joined.
    public var bodyBytes: [UInt8] {
        switch body {
        case .bytes(let bytes): bytes
        case .paced(let pieces): pieces.flatMap(\.bytes)
        }
    }
}
