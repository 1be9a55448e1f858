import Base

/// A scenario pack as read from its files: data only, not yet checked against the handlers.
public struct Pack: Sendable {
    public var name: String
    public var title: String
    public var description: String
    public var environment: String
    /// Names in start order.
    public var services: [String]
    public var entry: String
    /// Wiring by service name, as written.
    public var wiring: [String: JSONNode]
    public var databases: [DatabaseDefinition]
    public var faults: [FaultDefinition]
    public var states: [StateDefinition]
    public var rum: RUM?
    public var cluster: Cluster
    /// Short names for services, used in checks' variables: `DISCOUNTS` -> `discounts-service`.
    public var aliases: [(alias: String, service: String)]
    public var files: PackFiles

    /// False for a service without routes: nothing that speaks HTTP listens on its port.
    public func listens(_ service: String) -> Bool { wiring[service]?["routes"]?.members?.isEmpty == false }

    /// What the RUM snippet says about the application; the environment's `DD_...` variables win over it.
    public struct RUM: Sendable {
        public var service: String
        public var version: String
    }

    /// The Kubernetes cluster that the services' pods are in, as telemetry names it.
    public struct Cluster: Sendable {
        public var name: String
        public var namespace: String
        public var node: String
    }

    public struct DatabaseDefinition: Sendable {
        public var name: String
        /// True for one that a PostgreSQL URL replaces; the others stay embedded.
        public var isShared: Bool
        public var tables: [Table]
    }

    public struct Table: Sendable {
        public var name: String
        public var columns: [Column]
        public var indexes: [(name: String, columns: [String])]
        public var rows: [[Value]]
        /// Columns that the rows give, in order.
        public var rowColumns: [String]

        public init(name: String, columns: [Column] = [], indexes: [(name: String, columns: [String])] = [], rows: [[Value]] = [], rowColumns: [String] = []) {
            self.name = name
            self.columns = columns
            self.indexes = indexes
            self.rows = rows
            self.rowColumns = rowColumns
        }
    }

    public struct Column: Sendable {
        public enum Kind: String, Sendable, CaseIterable { case id, integer, real, text, boolean, blob }
        public var name: String
        public var kind: Kind
        public var isNullable: Bool
        public var isUnique: Bool
        public var references: String?
    }

    public func fault(named name: String) -> FaultDefinition? { faults.first { $0.name == name } }

    /// A state by name or alias.
    public func state(named name: String) -> StateDefinition? { states.first { $0.name == name || $0.aliases.contains(name) } }

    public var stateNames: [String] { states.flatMap { [$0.name] + $0.aliases } }

    /// Files below `slos/`: objectives as Reliably and OpenSLO write them.
    public var slos: [(name: String, text: [UInt8])] {
        files.paths(under: "slos", suffix: ".yaml").map { ($0, files.contents[$0]!) }
    }

    /// Files below `checks/`.
    public var checks: [(name: String, text: [UInt8])] {
        files.paths(under: "checks", suffix: ".synthetics.json").map { ($0, files.contents[$0]!) }
    }

    /// Files below `load/`.
    public var journeys: [(name: String, text: [UInt8])] {
        files.paths(under: "load", suffix: ".json").map { ($0, files.contents[$0]!) }
    }

    /// Files below `labs/`.
    public var labs: [(name: String, text: [UInt8])] {
        files.paths(under: "labs", suffix: ".json").map { ($0, files.contents[$0]!) }
    }

    public func table(named name: String, in database: String) -> Table? {
        databases.first { $0.name == database }?.tables.first { $0.name == name }
    }
}
