import Base

/// One executed statement, for a span.
public struct StatementEvent: Sendable {
    public var statement: Statement
    /// When the statement had its connection; waiting for one lies before.
    public var start: Timestamp
    /// Includes waiting for locks.
    public var durationNanoseconds: Int64
    public var rowCount: Int
    public var error: DatabaseError?
}
