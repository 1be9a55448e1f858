import Base
import HTTP

/// What became of some requests: answers by status, requests without an answer by reason, and how long answers took.
public struct RequestStatistics: Sendable, Equatable {
    public private(set) var statuses: [Int: Int] = [:]
    /// Requests that got no response, by `ClientError`'s words.
    public private(set) var errors: [String: Int] = [:]
    /// From sending to the last byte; of requests with a response.
    public private(set) var latency = Histogram()
    /// Bytes of response bodies as they came over the wire.
    public private(set) var bodyBytes = 0

    public init() {}

    public var responses: Int { latency.count }
    public var errorCount: Int { errors.values.reduce(0, +) }
    public var requests: Int { responses + errorCount }

    public mutating func record(status: Int, after latency: Duration, bodyBytes: Int) {
        statuses[status, default: 0] += 1
        self.latency.record(latency)
        self.bodyBytes += bodyBytes
    }

    /// Different reasons that are told apart; texts of errors may hold names and numbers without end.
    private static let reasonLimit = 100

    public mutating func record(_ error: ClientError) {
        let reason = error.description
        errors[errors.count < Self.reasonLimit || errors[reason] != nil ? reason : "other reasons", default: 0] += 1
    }

    public mutating func merge(_ other: RequestStatistics) {
        statuses.merge(other.statuses, uniquingKeysWith: +)
        errors.merge(other.errors, uniquingKeysWith: +)
        latency.merge(other.latency)
        bodyBytes += other.bodyBytes
    }

    /// `93 x 200, 8 x 500`, ascending; empty without responses.
    public var statusText: String { statuses.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }.joined(separator: ", ") }

    /// `requests`, `statuses`, `errors`, `bodyBytes`, `latencyMilliseconds`, in this order.
    public var members: [(String, Value)] {
        [
            ("requests", .int(requests)),
            ("statuses", .record(Record(statuses.sorted { $0.key < $1.key }.map { (String($0.key), .int($0.value)) }))),
            ("errors", .record(Record(errors.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))),
            ("bodyBytes", .int(bodyBytes)), ("latencyMilliseconds", latency.millisecondsValue),
        ]
    }
}
