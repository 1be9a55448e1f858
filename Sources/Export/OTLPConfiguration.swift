import Base
import HTTP

/// Where and how traces are exported, as OpenTelemetry's environment variables say it.
public struct OTLPConfiguration: Sendable, Equatable {
    public enum Encoding: String, Sendable, CaseIterable {
        case protobuf = "http/protobuf"
        case json = "http/json"

        var contentType: String { self == .protobuf ? "application/x-protobuf" : "application/json" }
    }

    /// Full URL of the traces endpoint.
    public var url: String
    public var headers: [Headers.Field]
    public var encoding: Encoding
    /// For one attempt.
    public var timeout: Duration
    /// How long spans wait for company.
    public var scheduleDelay: Duration
    /// Recorded spans that wait at most; older ones are dropped.
    public var queueLimit: Int
    /// Recorded spans in one request at most; their companions come on top.
    public var batchLimit: Int

    public init(
        url: String = "http://localhost:4318/v1/traces", headers: [Headers.Field] = [], encoding: Encoding = .protobuf,
        timeout: Duration = .seconds(10), scheduleDelay: Duration = .seconds(5), queueLimit: Int = 2_048, batchLimit: Int = 512
    ) {
        self.url = url
        self.headers = headers
        self.encoding = encoding
        self.timeout = timeout
        self.scheduleDelay = scheduleDelay
        self.queueLimit = queueLimit
        self.batchLimit = batchLimit
    }

    /// Reads `OTEL_EXPORTER_OTLP_ENDPOINT`, `_HEADERS`, `_PROTOCOL`, `_TIMEOUT`, `_COMPRESSION`, their `_TRACES_` forms, which win,
    /// and `OTEL_BSP_SCHEDULE_DELAY`, `_MAX_QUEUE_SIZE`, `_MAX_EXPORT_BATCH_SIZE`.
    ///
    /// - Returns: Nil when nothing asks for an export: no endpoint and no `OTEL_TRACES_EXPORTER=otlp`, or another exporter, or
    ///   `OTEL_SDK_DISABLED=true`. Warnings name values that were not used.
    public static func parse(_ environment: [String: String]) -> (configuration: OTLPConfiguration?, warnings: [String]) {
        var reader = EnvironmentReader(environment: environment)
        guard reader["OTEL_SDK_DISABLED"]?.lowercased() != "true" else { return (nil, []) }
        let exporter = reader["OTEL_TRACES_EXPORTER"]
        guard exporter == nil || exporter!.split(separator: ",").contains("otlp") else { return (nil, []) }
        let endpoint = reader["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].map(EnvironmentReader.withPath)
            ?? reader["OTEL_EXPORTER_OTLP_ENDPOINT"].map(EnvironmentReader.appendingTracesPath)
        guard endpoint != nil || exporter != nil else { return (nil, []) }
        var configuration = OTLPConfiguration()
        if let endpoint { configuration.url = endpoint }
        configuration.headers = reader.headers()
        if let encoding = reader.encoding() { configuration.encoding = encoding }
        if let compression = reader.signal("COMPRESSION"), compression != "none" {
            reader.warnings.append("OTEL_EXPORTER_OTLP_COMPRESSION=\(compression) is not supported; sending uncompressed")
        }
        if let name = reader.signalName("TIMEOUT"), let value = reader.positive(name) { configuration.timeout = .milliseconds(value) }
        if let value = reader.positive("OTEL_BSP_SCHEDULE_DELAY") { configuration.scheduleDelay = .milliseconds(value) }
        if let value = reader.positive("OTEL_BSP_MAX_QUEUE_SIZE") { configuration.queueLimit = value }
        if let value = reader.positive("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") { configuration.batchLimit = value }
        configuration.batchLimit = min(configuration.batchLimit, configuration.queueLimit)
        return (configuration, reader.warnings)
    }
}
