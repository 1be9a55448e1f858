import Base

/// What a statement gave.
public struct QueryResult: Sendable, Equatable {
    /// All rows share one layout; empty for statements that return none.
    public var rows: [Record]
    /// Rows inserted, updated or deleted by the statement itself; 0 for reads.
    public var affectedRows: Int

    public init(rows: [Record] = [], affectedRows: Int = 0) {
        self.rows = rows
        self.affectedRows = affectedRows
    }

    static let empty = QueryResult()
}
