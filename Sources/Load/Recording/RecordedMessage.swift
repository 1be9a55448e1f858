import Base
import HTTP

/// A request as somebody sent it once.
public struct RecordedRequest: Sendable, Equatable {
    /// Equal for a request and its responses.
    public var id: String
    /// When it was sent, or received by the server that recorded it.
    public var time: Timestamp
    public var method: String
    /// Path and query as sent; proxies' clients send a whole URL.
    public var target: String
    public var headers: Headers
    /// Without chunked transfer coding.
    public var body: [UInt8]
    /// The connection that it came over, when the recording tells: equal for requests of one connection.
    public var connection: String?

    public init(
        id: String, time: Timestamp, method: String, target: String, headers: Headers = Headers(), body: [UInt8] = [], connection: String? = nil
    ) {
        self.id = id
        self.time = time
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.connection = connection
    }

    /// `GET /cart?variant_id=1`.
    public var line: String { "\(method) \(target)" }
}

/// What a recorded request was answered with.
public struct RecordedResponse: Sendable, Equatable {
    /// The request's.
    public var id: String
    public var time: Timestamp
    /// From the request to this response, when the recording tells.
    public var latency: Duration?
    public var status: Int
    public var headers: Headers
    /// Without chunked transfer coding; nil when the recording left it out.
    public var body: [UInt8]?
    /// True for what a replay was answered with, false for what the first client got.
    public var isReplayed: Bool

    public init(
        id: String, time: Timestamp, latency: Duration? = nil, status: Int, headers: Headers = Headers(), body: [UInt8]?, isReplayed: Bool = false
    ) {
        self.id = id
        self.time = time
        self.latency = latency
        self.status = status
        self.headers = headers
        self.body = body
        self.isReplayed = isReplayed
    }
}

/// A part of a recording that cannot be used: where it is and why. What surrounds it is read all the same.
public struct RecordingProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public var file: String
    /// Counted from 1.
    public var record: Int
    /// Where the record begins, in bytes from the start of the (unpacked) file.
    public var offset: Int
    public var message: String

    public init(file: String, record: Int, offset: Int, message: String) {
        self.file = file
        self.record = record
        self.offset = offset
        self.message = message
    }

    public var description: String { "\(file): record \(record) at byte \(offset): \(message)" }
}

/// What a reader finds, one after the other.
public enum RecordingItem: Sendable, Equatable {
    case request(RecordedRequest)
    case response(RecordedResponse)
    case problem(RecordingProblem)

    /// Nil for a problem.
    public var time: Timestamp? {
        switch self {
        case .request(let request): request.time
        case .response(let response): response.time
        case .problem: nil
        }
    }

    /// About what it takes in memory.
    var sizeBytes: Int {
        switch self {
        case .request(let request): 1_024 + request.target.utf8.count + request.body.count
        case .response(let response): 1_024 + (response.body?.count ?? 0)
        case .problem: 256
        }
    }
}
