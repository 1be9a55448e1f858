import CSQLite

extension DatabaseError {
    /// The error of the connection's last call. SQLite's messages name tables, columns and words of the statement, never bound values.
    init(sqlite database: OpaquePointer?, _ statement: Statement? = nil) {
        let code = database.map { sqlite3_extended_errcode($0) } ?? SQLITE_NOMEM
        let message = database.map { String(cString: sqlite3_errmsg($0)) } ?? "SQLite is out of memory"
        self.init(Self.cause(sqliteCode: code), message, sqliteCode: code, sql: statement?.traceText)
    }

    private static func cause(sqliteCode code: Int32) -> Cause {
        // An extended code carries its primary code in the low byte and a number of its own above (sqlite3.h).
        switch (code & 0xff, code >> 8) {
        case (SQLITE_CONSTRAINT, 1): .constraint(.check)
        case (SQLITE_CONSTRAINT, 3): .constraint(.foreignKey)
        case (SQLITE_CONSTRAINT, 5): .constraint(.notNull)
        case (SQLITE_CONSTRAINT, 6), (SQLITE_CONSTRAINT, 8), (SQLITE_CONSTRAINT, 10): .constraint(.unique)
        case (SQLITE_CONSTRAINT, 12), (SQLITE_MISMATCH, _): .constraint(.type)
        case (SQLITE_BUSY, _), (SQLITE_LOCKED, _): .busy
        case (SQLITE_CANTOPEN, _), (SQLITE_IOERR, _), (SQLITE_NOTADB, _), (SQLITE_CORRUPT, _): .connection
        case (SQLITE_ERROR, _): .syntax
        default: .other
        }
    }
}
