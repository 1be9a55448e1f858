import Base
import CSQLite

/// One handle of SQLite with its prepared statements. Used by one thread at a time.
// @unchecked Sendable: `SQLiteDatabase` lets only one task at a time into it, on the loop or on one worker.
final class SQLiteConnection: @unchecked Sendable {
    private struct Prepared {
        var handle: OpaquePointer
        var layout: Layout
        /// Keeps the statement's identity from being used again.
        var statement: Statement
    }

    let handle: OpaquePointer
    private var prepared: [ObjectIdentifier: Prepared] = [:]

    /// - Parameter path: A file, or `:memory:`.
    init(path: String) throws(DatabaseError) {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw DatabaseError(.connection, code: String(code), "cannot open \(path): \(message)")
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit {
        forgetStatements()
        sqlite3_close_v2(handle)
    }

    func forgetStatements() {
        for entry in prepared.values { sqlite3_finalize(entry.handle) }
        prepared = [:]
    }

    private var error: DatabaseError {
        let code = sqlite3_extended_errcode(handle)
        let cause: DatabaseError.Cause =
            switch code & 0xff {
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_ERROR: .syntax
            case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_FULL: .connection
            default: .other
            }
        return DatabaseError(cause, code: String(code), String(cString: sqlite3_errmsg(handle)))
    }

    /// Runs statements without parameters and results.
    func execute(_ sql: String) throws(DatabaseError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw error }
    }

    func query(_ statement: Statement, _ arguments: [Value]) throws(DatabaseError) -> QueryResult {
        let entry = try prepare(statement)
        defer {
            sqlite3_reset(entry.handle)
            sqlite3_clear_bindings(entry.handle)
        }
        for (index, value) in arguments.enumerated() { try bind(value, Int32(index + 1), entry.handle) }
        var rows: [Record] = []
        let count = Int32(entry.layout.names.count)
        while true {
            let code = sqlite3_step(entry.handle)
            if code == SQLITE_DONE { break }
            guard code == SQLITE_ROW else { throw error }
            let values = [Value](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
                for column in 0..<count { (buffer.baseAddress! + Int(column)).initialize(to: Self.value(entry.handle, column)) }
                initialized = Int(count)
            }
            rows.append(Record(layout: entry.layout, values: values))
        }
        return QueryResult(rows: rows, affectedRows: Int(sqlite3_changes(handle)))
    }

    private func prepare(_ statement: Statement) throws(DatabaseError) -> Prepared {
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        var compiled: OpaquePointer?
        guard sqlite3_prepare_v3(handle, statement.sqliteText, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil) == SQLITE_OK, let compiled else { throw error }
        let names = (0..<sqlite3_column_count(compiled)).map { String(cString: sqlite3_column_name(compiled, $0)) }
        let entry = Prepared(handle: compiled, layout: Layout(names), statement: statement)
        prepared[ObjectIdentifier(statement)] = entry
        return entry
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) throws(DatabaseError) {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(statement, index)
        case .bool(let flag): code = sqlite3_bind_int64(statement, index, flag ? 1 : 0)
        case .int(let number): code = sqlite3_bind_int64(statement, index, Int64(number))
        case .double(let number): code = sqlite3_bind_double(statement, index, number)
        case .string(var text): code = text.withUTF8 { sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), Self.transient) }
        case .bytes(let bytes): code = sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), Self.transient)
        case .list, .record: code = sqlite3_bind_text(statement, index, value.json(), -1, Self.transient)
        }
        if code != SQLITE_OK { throw error }
    }

    private static func value(_ statement: OpaquePointer, _ column: Int32) -> Value {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .int(Int(sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
            return .string(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
            return .bytes(Array(bytes))
        default: return .null
        }
    }
}
