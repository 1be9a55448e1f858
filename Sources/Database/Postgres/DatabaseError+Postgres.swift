import CLibPQ

extension DatabaseError {
    init(postgres result: PostgresResult, _ statement: Statement?) {
        // Field codes: libpq's postgres_ext.h, PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY. The detail holds values and is left out.
        let state = result.field("C")
        let message = result.field("M") ?? String(cString: PQresultErrorMessage(result.handle))
        self.init(
            Self.cause(sqlState: state), message, sqlState: state, sql: statement?.traceText,
            isMessagePublic: state.map { Self.classesWithNamesOnly.contains($0.prefix(2)) } ?? true)
    }

    /// The connection's own complaint.
    init(postgresConnection handle: OpaquePointer?, _ statement: Statement? = nil) {
        var message = handle.map { String(cString: PQerrorMessage($0)) } ?? "libpq is out of memory"
        while message.last?.isWhitespace == true { message.removeLast() }
        // It names the user and the address, not an argument; still nothing for a page.
        self.init(.connection, message.isEmpty ? "the connection was lost" : message, sql: statement?.traceText, isMessagePublic: true)
    }

    /// Classes whose primary messages name tables, columns and constraints: connection, integrity, rollback, syntax, resources, object
    /// state, operator intervention.
    private static let classesWithNamesOnly: Set<Substring> = ["08", "23", "40", "42", "53", "55", "57"]

    private static func cause(sqlState: String?) -> Cause {
        switch sqlState {
        case "23505"?: .constraint(.unique)
        case "23503"?: .constraint(.foreignKey)
        case "23502"?: .constraint(.notNull)
        case "23514"?: .constraint(.check)
        case "22P02"?, "22003"?, "22021"?, "42804"?: .constraint(.type)
        case "40001"?, "40P01"?, "55P03"?, "55006"?: .busy
        case "57014"?: .cancelled
        case nil: .connection
        case let state? where state.hasPrefix("08") || state.hasPrefix("57P"): .connection
        case let state? where state.hasPrefix("53"): .connection
        case let state? where state.hasPrefix("42"): .syntax
        default: .other
        }
    }
}
