import Base
import Telemetry

/// Where a Datadog agent listens, as Datadog's environment variables say it.
public struct DatadogConfiguration: Sendable, Equatable {
    public struct Traces: Sendable, Equatable {
        /// `http://host:port`, without a path.
        public var url = "http://localhost:8126"
        /// Path of a Unix socket that is used in place of the URL's host.
        public var socket: String?
        /// For one attempt.
        public var timeout = Duration.seconds(2)
        /// How long traces are collected before they are sent.
        public var flushInterval = Duration.seconds(1)
        /// Recorded spans that wait at most; beyond that the oldest traces are dropped.
        public var queueLimit = 10_000
        /// A request is sent when it has reached this size; the agent takes 25 MiB.
        public var payloadBytes = 2 << 20

        public init() {}
    }

    public struct Metrics: Sendable, Equatable {
        public var target = DatagramTarget.host("localhost", port: 8125)
        public var flushInterval = Duration.seconds(2)

        public init() {}

        /// What fits into an Ethernet frame with room for the headers of tunnels; sockets of the same machine take more.
        var datagramBytes: Int { if case .host = target { 1_432 } else { 8_192 } }
    }

    /// Nil when no traces are sent.
    public var traces: Traces?
    /// Nil when no metrics are sent.
    public var metrics: Metrics?
    /// `DD_SERVICE`, for metrics that name no service themselves; empty when not set.
    public var service = ""
    /// `DD_VERSION`, likewise.
    public var version = ""
    /// `DD_TAGS`: on every span and metric.
    public var tags: [Attribute] = []

    public init() {}

    /// Reads `DD_AGENT_HOST`, `DD_TRACE_AGENT_PORT`, `DD_TRACE_AGENT_URL`, `DD_TRACE_ENABLED`, `DD_TRACE_AGENT_TIMEOUT_SECONDS`,
    /// `DD_DOGSTATSD_HOST`, `DD_DOGSTATSD_PORT`, `DD_DOGSTATSD_URL`, `DD_SERVICE`, `DD_VERSION` and `DD_TAGS`.
    ///
    /// - Returns: Nil when no agent is named. Warnings name values that were not used.
    public static func parse(_ environment: [String: String]) -> (configuration: DatadogConfiguration?, warnings: [String]) {
        var reader = DatadogEnvironment(environment)
        var configuration = DatadogConfiguration()
        configuration.traces = reader.traces()
        configuration.metrics = reader.metrics()
        guard configuration.traces != nil || configuration.metrics != nil else { return (nil, reader.warnings) }
        configuration.service = reader["DD_SERVICE"] ?? ""
        configuration.version = reader["DD_VERSION"] ?? ""
        configuration.tags = reader.tags()
        return (configuration, reader.warnings)
    }
}
