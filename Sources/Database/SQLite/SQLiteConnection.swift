import Base
import CSQLite

/// One SQLite handle and its prepared statements.
// @unchecked Sendable: one thread uses it at a time; the database's turn orders the loop and the workers.
final class SQLiteConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private var prepared: [ObjectIdentifier: SQLitePrepared] = [:]
    /// More than a pack has; only statements that somebody makes per call get here.
    private static let preparedLimit = 1_000
    /// Nil while nobody wants to know.
    var work: SQLiteWork?

    /// An empty database in memory.
    convenience init() throws(DatabaseError) {
        try self.init(path: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        try script("PRAGMA foreign_keys = ON")
    }

    /// An existing file, with every commit on disk before it is acknowledged.
    convenience init(file path: String) throws(DatabaseError) {
        try self.init(path: path, flags: SQLITE_OPEN_READWRITE)
        try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000")
    }

    /// A read-only view of an image, which must outlive the connection.
    convenience init(reading image: SQLiteImage) throws(DatabaseError) {
        try self.init(path: ":memory:", flags: SQLITE_OPEN_READWRITE)
        let size = Int64(image.byteCount)
        let code = sqlite3_deserialize(handle, "main", image.bytes, size, size, UInt32(SQLITE_DESERIALIZE_READONLY))
        if code != SQLITE_OK { throw DatabaseError(sqlite: handle) }
    }

    /// Made before the library is used for the first time; it refuses later, which changes nothing but the speed.
    private static let librarySettings = shim_disable_memory_statistics()

    private init(path: String, flags: Int32) throws(DatabaseError) {
        _ = Self.librarySettings
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            let error = DatabaseError(sqlite: handle)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
    }

    deinit {
        prepared.removeAll()
        sqlite3_close_v2(handle)
    }

    func execute(_ statement: Statement, _ arguments: [Value]) throws(DatabaseError) -> QueryResult {
        guard arguments.count == statement.parameters.count else { throw .wrongArgumentCount(arguments.count, for: statement) }
        let prepared = try prepare(statement)
        guard work != nil else { return try prepared.run(arguments, on: handle) }
        // What it has done while nobody wanted to know does not count.
        _ = prepared.takeSteps()
        defer { work?.count(prepared) }
        return try prepared.run(arguments, on: handle)
    }

    /// Begins or ends a transaction, which counts as no work.
    func control(_ statement: Statement) throws(DatabaseError) { _ = try prepare(statement).run([], on: handle) }

    private func prepare(_ statement: Statement) throws(DatabaseError) -> SQLitePrepared {
        if let known = prepared[ObjectIdentifier(statement)] { return known }
        if prepared.count >= Self.preparedLimit { prepared.removeAll() }
        let new = try SQLitePrepared(statement, on: handle)
        prepared[ObjectIdentifier(statement)] = new
        return new
    }

    /// Runs statements that have no parameters and whose rows nobody wants.
    func script(_ sql: String) throws(DatabaseError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw DatabaseError(sqlite: handle) }
    }

    /// Rows of a statement that runs once.
    func rows(_ sql: String) throws(DatabaseError) -> [Record] {
        do { return try SQLitePrepared(try Statement(parsing: sql), on: handle).run([], on: handle).rows } catch let error as DatabaseError {
            throw error
        } catch { throw DatabaseError(.syntax, "\(error)") }
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Makes the whole content that of the image. Prepared statements stay valid: the copy counts as a change of schema.
    func restore(from image: SQLiteImage) throws(DatabaseError) {
        let source = try SQLiteConnection(reading: image)
        guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else { throw DatabaseError(sqlite: handle) }
        let code = sqlite3_backup_step(backup, -1)
        guard sqlite3_backup_finish(backup) == SQLITE_OK, code == SQLITE_DONE else { throw DatabaseError(sqlite: handle) }
    }

    /// A copy of the content as bytes; the caller frees them with `sqlite3_free`.
    func serialized() throws(DatabaseError) -> (bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        var size: Int64 = 0
        guard let bytes = sqlite3_serialize(handle, "main", &size, 0) else { throw DatabaseError(.other, "SQLite is out of memory") }
        return (bytes, Int(size))
    }

    /// See `Database.fingerprint`.
    func fingerprint() throws(DatabaseError) -> Fingerprint {
        var content = ContentFingerprint()
        for name in try names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name") {
            content.add(table: name, rows: try rows("SELECT * FROM \(name.quotedIdentifier)"))
        }
        // The table exists as soon as one table numbers its rows.
        if try !rows("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").isEmpty {
            for row in try rows("SELECT name, seq FROM sqlite_sequence ORDER BY name") {
                content.add(identityOf: row.values[0].text, greatest: row.values[1].integer ?? 0)
            }
        }
        for name in try names("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name") {
            content.add(index: name)
        }
        return content.fingerprint
    }

    private func names(_ sql: String) throws(DatabaseError) -> [String] {
        try rows(sql).map { $0.values[0].text }
    }
}

extension DatabaseError {
    static func wrongArgumentCount(_ count: Int, for statement: Statement) -> DatabaseError {
        let wanted = statement.parameters.isEmpty ? "no values" : "values for " + statement.parameters.joined(separator: ", ")
        return DatabaseError(.syntax, "the statement takes \(wanted) but was given \(count)", sql: statement.traceText)
    }
}
