import Base
import CSQLite

/// One prepared statement of a connection.
final class SQLitePrepared {
    let handle: OpaquePointer
    /// Kept alive with its prepared form, because that is found by the statement's address.
    let statement: Statement
    private var layout: Layout
    /// Of the run before: the next one will likely have as many.
    private var lastRowCount = 0

    /// - Parameter database: An open connection, which must outlive this object.
    init(_ statement: Statement, on database: OpaquePointer) throws(DatabaseError) {
        var handle: OpaquePointer?
        var text = statement.text(for: .sqlite)
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_prepare_v3(database, $0.baseAddress, Int32($0.count), UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
            }
        }
        guard code == SQLITE_OK, let handle else { throw DatabaseError(sqlite: database, statement) }
        self.handle = handle
        self.statement = statement
        layout = Self.layout(of: handle)
    }

    deinit { sqlite3_finalize(handle) }

    private static func layout(of handle: OpaquePointer) -> Layout {
        Layout((0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) })
    }

    /// Binds, runs to the end and resets.
    func run(_ arguments: [Value], on database: OpaquePointer) throws(DatabaseError) -> QueryResult {
        defer {
            sqlite3_reset(handle)
            if !arguments.isEmpty { sqlite3_clear_bindings(handle) }
        }
        for index in arguments.indices {
            guard bind(arguments[index], at: Int32(index + 1)) == SQLITE_OK else { throw DatabaseError(sqlite: database, statement) }
        }
        let changesBefore = sqlite3_total_changes64(database)
        var result = QueryResult()
        if lastRowCount > 0 { result.rows.reserveCapacity(min(lastRowCount, Self.reservedRows)) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { break }
            guard code == SQLITE_ROW else { throw DatabaseError(sqlite: database, statement) }
            result.rows.append(readRow())
        }
        lastRowCount = result.rows.count
        // sqlite3_changes keeps its old value when a statement changes nothing by its nature, such as CREATE.
        if sqlite3_total_changes64(database) != changesBefore { result.affectedRows = Int(sqlite3_changes64(database)) }
        return result
    }

    private static let reservedRows = 1_024

    /// Instructions of SQLite's virtual machine since the last call.
    func takeSteps() -> Int { Int(sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 1)) }

    private func readRow() -> Record {
        let count = Int(sqlite3_data_count(handle))
        // A changed schema re-prepares the statement, which can give SELECT * other columns.
        if count != layout.names.count { layout = Self.layout(of: handle) }
        let values = [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                (buffer.baseAddress! + initialized).initialize(to: column(Int32(initialized)))
                initialized += 1
            }
        }
        return Record(layout: layout, values: values)
    }

    private func column(_ index: Int32) -> Value {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .int(Int(sqlite3_column_int64(handle, index)))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, index)
            return .string(String(decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))), as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, index)
            return .bytes(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))))
        default: return .null
        }
    }

    /// SQLITE_TRANSIENT: SQLite copies before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .bool(let flag): sqlite3_bind_int64(handle, index, flag ? 1 : 0)
        case .int(let number): sqlite3_bind_int64(handle, index, Int64(number))
        case .double(let number): sqlite3_bind_double(handle, index, number)
        case .string(let text): bind(text, at: index)
        case .list, .record: bind(value.json(), at: index)
        case .bytes(let bytes): bytes.withUnsafeBytes { bind($0, at: index) }
        }
    }

    private func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        // A null pointer would bind NULL instead of nothing.
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), Self.copied)
    }

    private func bind(_ text: String, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, nil) }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(handle, index, $0, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
            }
        }
    }
}
