import Base

/// The tables of a shop, said once for both engines.
public struct DatabaseSchema: Sendable, Equatable {
    public enum ColumnType: String, Sendable, CaseIterable {
        /// 64 bits, signed.
        case integer
        /// 64-bit binary floating point.
        case real
        case text
        /// Read back as 0 or 1 on both engines.
        case boolean
        case blob
    }

    public struct Column: Sendable, Equatable {
        public var name: String
        public var type: ColumnType
        /// An integer primary key numbers new rows by itself, counting on after the greatest seeded number.
        public var isPrimaryKey: Bool
        public var isNullable: Bool
        public var isUnique: Bool
        /// The table whose primary key this column holds.
        public var references: String?
        /// For inserts that leave the column out.
        public var defaultValue: Value?

        public init(
            _ name: String, _ type: ColumnType, isPrimaryKey: Bool = false, isNullable: Bool = false, isUnique: Bool = false,
            references: String? = nil, defaultValue: Value? = nil
        ) {
            self.name = name
            self.type = type
            self.isPrimaryKey = isPrimaryKey
            self.isNullable = isNullable
            self.isUnique = isUnique
            self.references = references
            self.defaultValue = defaultValue
        }

        /// A primary key that numbers its rows.
        var isIdentity: Bool { isPrimaryKey && type == .integer }
    }

    public struct Index: Sendable, Equatable {
        public var name: String
        public var table: String
        public var columns: [String]
        public var isUnique: Bool

        public init(_ name: String, on table: String, _ columns: [String], isUnique: Bool = false) {
            self.name = name
            self.table = table
            self.columns = columns
            self.isUnique = isUnique
        }
    }

    public struct Table: Sendable, Equatable {
        public var name: String
        public var columns: [Column]

        public init(_ name: String, _ columns: [Column]) {
            self.name = name
            self.columns = columns
        }

        public var primaryKey: Column? { columns.first(where: \.isPrimaryKey) }
    }

    public var tables: [Table]
    public var indexes: [Index]

    public init(tables: [Table], indexes: [Index] = []) {
        self.tables = tables
        self.indexes = indexes
    }

    public func table(named name: String) -> Table? { tables.first { $0.name == name } }
}
