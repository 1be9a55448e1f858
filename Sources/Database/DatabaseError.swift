/// Why a statement, a transaction or a connection failed.
public struct DatabaseError: Error, Sendable, Equatable {
    public enum Constraint: String, Sendable {
        /// Unique columns and primary keys.
        case unique
        case foreignKey
        case notNull
        case check
        /// A value that the column's type cannot hold.
        case type
    }

    public enum Cause: Sendable, Equatable {
        case constraint(Constraint)
        /// A lock was not given in time, or the engine broke a deadlock; trying again may help.
        case busy
        case poolExhausted(limit: Int, waited: Duration)
        /// The server cannot be reached or the connection broke; whether the statement took effect is unknown.
        case connection
        /// The statement is wrong: syntax, unknown table, unknown column.
        case syntax
        /// The calling task was cancelled.
        case cancelled
        case other
    }

    public var cause: Cause
    /// PostgreSQL's five characters (its manual, appendix A).
    public var sqlState: String?
    /// SQLite's extended result code (sqlite.org/rescode.html).
    public var sqliteCode: Int32?
    /// The engine's own words. May contain values of the caller, so it is no text for pages or logs.
    public var message: String
    /// The statement as traces show it.
    public var sql: String?
    /// Whether the engine composes this kind of message from names only.
    private var isMessagePublic: Bool

    init(
        _ cause: Cause, _ message: String, sqlState: String? = nil, sqliteCode: Int32? = nil, sql: String? = nil, isMessagePublic: Bool = true
    ) {
        self.cause = cause
        self.message = message
        self.sqlState = sqlState
        self.sqliteCode = sqliteCode
        self.sql = sql
        self.isMessagePublic = isMessagePublic
    }

    static func cancelled(_ statement: Statement? = nil) -> DatabaseError {
        DatabaseError(.cancelled, "the caller was cancelled", sql: statement?.traceText)
    }

    func about(_ statement: Statement) -> DatabaseError {
        var copy = self
        copy.sql = sql ?? statement.traceText
        return copy
    }
}

extension DatabaseError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Fit for a page or a log line: never contains argument values.
    public var description: String {
        let code = sqlState.map { " (SQLSTATE \($0))" } ?? sqliteCode.map { " (SQLite \($0))" } ?? ""
        return (isMessagePublic ? message : "the database rejected a value") + code
    }

    /// With the engine's own words and the statement: for developers only.
    public var debugDescription: String {
        "\(cause): \(message)" + (sqlState.map { " (SQLSTATE \($0))" } ?? "") + (sqliteCode.map { " (SQLite \($0))" } ?? "")
            + (sql.map { " in \($0)" } ?? "")
    }
}
