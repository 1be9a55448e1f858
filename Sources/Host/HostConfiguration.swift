import Base
import Load
import Storefront
import Telemetry

/// Everything that a host is started with.
public struct HostConfiguration: Sendable {
    /// One shop to run.
    public struct ShopRequest: Sendable, Equatable {
        public var name: String
        /// Name of an embedded pack, or a folder.
        public var pack: String
        public var state: String
        /// Port of the entry service; nil takes the pack's.
        public var port: Int?

        public init(name: String, pack: String, state: String = "broken", port: Int? = nil) {
            self.name = name
            self.pack = pack
            self.state = state
            self.port = port
        }
    }

    public enum RUM: Sendable, Equatable {
        /// `datadog` when the environment holds a client token, else `local`.
        case automatic
        case datadog, local, off
        /// HTML from a file.
        case template(path: String)
    }

    /// Where live traffic is recorded.
    public struct Recording: Sendable, Equatable {
        public var path: String
        /// The entry service of each shop when empty.
        public var services: [String]
        public var chunkBytes: Int

        public init(path: String, services: [String] = [], chunkBytes: Int = TrafficRecorder.standardChunkBytes) {
            self.path = path
            self.services = services
            self.chunkBytes = chunkBytes
        }
    }

    public var shops: [ShopRequest] = []
    public var host = "127.0.0.1"
    public var observabilityPort: Int?
    public var controlPort = 0
    /// Where the control file goes; the default is per user.
    public var controlFile = ControlFile.standardPath
    public var mesh = ShopConfiguration.Mesh.direct
    public var seed: UInt64?
    public var instrumentation: Telemetry.Instrumentation?
    public var rum = RUM.automatic
    public var dataDirectory: String?
    public var databaseURL: String?
    /// Hosts with the same one share their data; each shop's data is its own when nil.
    public var databaseSchema: String?
    /// What stands between traces and back ends, in the place of a pack's own collector.
    public var collector: CollectorConfiguration?
    /// Where services' log lines go; nil keeps them in the store only.
    public var logs: LogSink.Destination?
    public var recording: Recording?
    public var environment: [String: String] = [:]
    /// Reloads packs that were read from folders when a file in them changes.
    public var reloadsOnChange = true

    public init() {}

    /// `host` as it stands in URLs of this machine: the loopback address when every address is listened on.
    public var reachableHost: String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }
}
