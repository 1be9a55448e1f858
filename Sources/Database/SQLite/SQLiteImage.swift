import CSQLite

/// A database with its seed rows as bytes, made once and restored from many times.
// @unchecked Sendable: nothing writes the bytes after init; readers open them read-only.
public final class SQLiteImage: @unchecked Sendable {
    /// SQLite's functions want a mutable pointer even for reading.
    let bytes: UnsafeMutablePointer<UInt8>
    public let byteCount: Int

    /// Builds a database and keeps its bytes.
    ///
    /// - Throws: `SchemaProblems` for mistakes in the schema or the rows; `DatabaseError` for rows that break a constraint.
    public init(schema: DatabaseSchema, seeds: [SeedTable]) throws {
        let plan = try SeedPlan(schema: schema, seeds: seeds)
        let connection = try SQLiteConnection()
        // Rows may refer to rows of later tables; the check below finds those that refer to nothing.
        try connection.script("PRAGMA foreign_keys = OFF; BEGIN")
        for statement in schema.ddl(for: .sqlite) { try connection.script(statement) }
        for table in plan.tables { try Self.insert(table, with: connection) }
        try connection.script("COMMIT")
        try Self.checkReferences(connection)
        (bytes, byteCount) = try connection.serialized()
    }

    deinit { sqlite3_free(bytes) }

    private static func insert(_ filled: SeedPlan.Filled, with connection: SQLiteConnection) throws {
        let columns = filled.table.columns.map(\.name.quotedIdentifier).joined(separator: ", ")
        let values = filled.table.columns.indices.map { ":v\($0)" }.joined(separator: ", ")
        let statement = try Statement(parsing: "INSERT INTO \(filled.table.name.quotedIdentifier) (\(columns)) VALUES (\(values))")
        for row in filled.rows { _ = try connection.execute(statement, row) }
    }

    private static func checkReferences(_ connection: SQLiteConnection) throws {
        let problems = try connection.rows("PRAGMA foreign_key_check").map { row in
            "row \(row.values[1].text) of table \"\(row.values[0].text)\" refers to a row of \"\(row.values[2].text)\" that does not exist"
        }
        if !problems.isEmpty { throw SchemaProblems(messages: problems) }
    }
}
