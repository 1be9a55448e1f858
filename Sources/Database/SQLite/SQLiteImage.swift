import Base
import CSQLite

/// A prepared SQLite database as bytes: made once, cloned for every shop and every reset.
public struct SQLiteImage: Sendable {
    public let schema: DatabaseSchema
    let bytes: [UInt8]

    /// Builds the tables and inserts the rows.
    public init(_ schema: DatabaseSchema) throws(DatabaseError) {
        self.schema = schema
        let connection = try SQLiteConnection(path: ":memory:")
        try connection.execute("PRAGMA foreign_keys = OFF; BEGIN")
        for sql in schema.creation(for: .sqlite) { try connection.execute(sql) }
        for table in schema.sorted where !table.rows.isEmpty {
            let statement = Self.insertion(table)
            for row in table.rows { _ = try connection.query(statement, row) }
        }
        try connection.execute("COMMIT")
        connection.forgetStatements()
        var size: sqlite3_int64 = 0
        guard let data = sqlite3_serialize(connection.handle, "main", &size, 0) else { throw DatabaseError(.other, "out of memory while preparing the database") }
        defer { sqlite3_free(data) }
        bytes = Array(UnsafeBufferPointer(start: data, count: Int(size)))
    }

    static func insertion(_ table: DatabaseSchema.Table) -> Statement {
        let names = table.rowColumns
        do {
            return try Statement(
                parsing: "INSERT INTO \(table.name) (\(names.joined(separator: ", "))) VALUES (\(names.map { ":" + $0 }.joined(separator: ", ")))")
        } catch { preconditionFailure("an insertion made from a schema is never empty") }
    }

    /// Puts this content into a connection, whatever is in it.
    func restore(into connection: SQLiteConnection) throws(DatabaseError) {
        connection.forgetStatements()
        let source = try SQLiteConnection(path: ":memory:")
        guard let copy = sqlite3_malloc64(sqlite3_uint64(bytes.count)) else { throw DatabaseError(.other, "out of memory while restoring the database") }
        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        let size = sqlite3_int64(bytes.count)
        guard sqlite3_deserialize(source.handle, "main", copy.assumingMemoryBound(to: UInt8.self), size, size, flags) == SQLITE_OK else {
            throw DatabaseError(.other, "the prepared database cannot be read")
        }
        guard let backup = sqlite3_backup_init(connection.handle, "main", source.handle, "main") else {
            throw DatabaseError(.busy, "the database cannot be restored while it is in use")
        }
        let code = sqlite3_backup_step(backup, -1)
        sqlite3_backup_finish(backup)
        if code != SQLITE_DONE { throw DatabaseError(.busy, code: String(code), "the database cannot be restored while it is in use") }
    }
}
