import Base

/// The rows that a table starts with.
public struct SeedTable: Sendable, Equatable {
    public var name: String
    /// Columns may be left out: they get their default, NULL, or the next number of an integer primary key.
    public var rows: [Record]

    public init(_ name: String, _ rows: [Record]) {
        self.name = name
        self.rows = rows
    }
}
