import CLibPQ

/// Owns one of libpq's results.
final class PostgresResult {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    /// Nil when the statement succeeded.
    func error(of statement: Statement?) -> DatabaseError? {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default: DatabaseError(postgres: self, statement)
        }
    }

    func field(_ code: Character) -> String? {
        PQresultErrorField(handle, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }

    /// Rows inserted, updated or deleted.
    var affectedRows: Int {
        // For reads, the server counts the rows that it returned.
        String(cString: PQcmdStatus(handle)).hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(handle))) ?? 0
    }
}
