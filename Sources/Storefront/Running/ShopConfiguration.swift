import Base
import Telemetry

/// What the host decides about a shop: everything that a pack does not say.
public struct ShopConfiguration: Sendable {
    /// How services of a shop call each other.
    public enum Mesh: String, Sendable, CaseIterable {
        /// Inside the process; refused connections and timeouts are the same as over the network.
        case direct
        /// Over loopback, through the services' listeners.
        case http
    }

    public var mesh: Mesh = .direct
    public var seed: UInt64?
    /// Keeps the data of shops of the same pack apart.
    public var shopName = "shop"
    public var environmentVariables: [String: String] = [:]
    /// Wins over the state's own level.
    public var instrumentation: Instrumentation?
    /// Directory for database files; nil keeps data in memory.
    public var dataDirectory: String?
    /// PostgreSQL connection string for the pack's shared databases.
    public var databaseURL: String?
    /// First part of the names of schemas that other processes use as well; nil makes schemas anew for this shop alone.
    public var databaseSchema: String?
    /// Ports of services by name, where they are not the pack's.
    public var ports: [String: Int] = [:]
    /// Where the services' ports are, as it stands in a URL.
    public var host = "127.0.0.1"
    /// Wins over that of the pack's own collector.
    public var collector: CollectorConfiguration?
    /// False where nobody will ever look at spans, log lines and events: they are then not kept.
    public var keepsTelemetry = true
    /// Takes finished log lines: service name, line. Called on the shop's loop.
    public var logSink: (@Sendable (String, String) -> Void)?

    public init() {}
}
