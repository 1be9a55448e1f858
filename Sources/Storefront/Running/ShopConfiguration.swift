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

    public enum RUM: Sendable, Equatable {
        /// `datadog` when the environment holds a client token, else `local`.
        case automatic
        case datadog, local, off
        /// HTML to insert as it is.
        case template(String)
    }

    public var mesh: Mesh = .direct
    public var seed: UInt64?
    public var environmentVariables: [String: String] = [:]
    public var rum: RUM = .automatic
    /// Wins over the state's own level.
    public var instrumentation: String?
    /// Directory for database files; nil keeps data in memory.
    public var dataDirectory: String?
    /// PostgreSQL connection string for the pack's shared databases.
    public var databaseURL: String?
    /// Added to all ports of the pack.
    public var ports: [String: Int] = [:]
    public var logSink: LogSink?

    public init() {}
}
