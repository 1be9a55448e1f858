import Base

/// A limit on a measured figure, as k6 writes them: `http_req_duration{name:home}: p(95)<500`.
///
/// Times are in milliseconds, rates of failures are shares from 0 to 1, counters have `count` and `rate` per second.
public struct Threshold: Sendable, Equatable {
    public enum Metric: String, Sendable, CaseIterable {
        /// From when a request should have left to the last byte of its answer.
        case requestDuration = "http_req_duration"
        /// From a request being ready to be sent to the first byte of its answer.
        case requestWaiting = "http_req_waiting"
        /// Name, connection and TLS.
        case requestBlocked = "http_req_blocked"
        case requestReceiving = "http_req_receiving"
        case requestFailed = "http_req_failed"
        case requests = "http_reqs"
        case iterations
        case iterationDuration = "iteration_duration"
        case dataReceived = "data_received"
        case users = "vus"
        case mostUsers = "vus_max"

        enum Kind: Sendable { case trend, rate, counter, gauge }

        var kind: Kind {
            switch self {
            case .requestDuration, .requestWaiting, .requestBlocked, .requestReceiving, .iterationDuration: .trend
            case .requestFailed: .rate
            case .requests, .iterations, .dataReceived: .counter
            case .users, .mostUsers: .gauge
            }
        }
    }

    public enum Aggregation: Sendable, Equatable {
        case average, least, greatest, median, percentile(Double), rate, count, value
    }

    public enum Relation: String, Sendable, CaseIterable {
        // Longer ones first, so that a reader that tries them in order never stops at a prefix.
        case same = "===", lessOrEqual = "<=", moreOrEqual = ">=", equal = "==", notEqual = "!=", less = "<", more = ">"
    }

    /// Which requests count: all tags must fit. Names: `name`, `method`, `status`, `expected_response`.
    public struct Tag: Sendable, Equatable, Hashable {
        public var name: String
        public var value: String
    }

    static let tagNames = ["name", "method", "status", "expected_response"]

    public var metric: Metric
    public var tags: [Tag]
    public var aggregation: Aggregation
    public var relation: Relation
    public var limit: Double
    /// As written: `p(95)<500`.
    public var expression: String

    /// `http_req_duration{name:home}`, as the threshold's metric is written.
    public var metricText: String {
        metric.rawValue + (tags.isEmpty ? "" : "{" + tags.map { "\($0.name):\($0.value)" }.joined(separator: ",") + "}")
    }

    public func holds(_ value: Double) -> Bool {
        switch relation {
        case .less: value < limit
        case .lessOrEqual: value <= limit
        case .more: value > limit
        case .moreOrEqual: value >= limit
        case .equal, .same: value == limit
        case .notEqual: value != limit
        }
    }
}

/// A text that is no threshold.
public struct ThresholdError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
