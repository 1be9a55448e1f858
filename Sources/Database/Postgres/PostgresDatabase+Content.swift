import Base

/// Schema, seed rows and content as a whole.
extension PostgresDatabase {
    private var seedName: String { schemaName + "__seed" }
    private func table(_ name: String) -> String { "\(schemaName.quotedIdentifier).\(name.quotedIdentifier)" }
    private func seedTable(_ name: String) -> String { "\(seedName.quotedIdentifier).\(name.quotedIdentifier)" }

    /// Makes the schema anew: its tables and rows, and the copy that `reset` restores from. What was there is deleted.
    ///
    /// - Throws: `SchemaProblems` for mistakes in the schema or the rows; `DatabaseError` for rows that break a constraint.
    public func build(seeds: [SeedTable]) async throws {
        let plan = try SeedPlan(schema: schema, seeds: seeds)
        try await withConnection { connection throws(DatabaseError) in
            try await connection.script("BEGIN; " + makeSchemas() + makeTables())
            for table in plan.tables { try await insert(table, connection) }
            try await connection.script(refill() + "COMMIT")
        }
        forgetPrepared()
    }

    /// Goes on with the tables and rows that are there, as another process has made them; makes them when there are none.
    ///
    /// - Throws: `DatabaseError` when what is there has other tables or columns.
    public func join(seeds: [SeedTable]) async throws {
        let plan = try SeedPlan(schema: schema, seeds: seeds)
        try await withConnection { connection throws(DatabaseError) in
            // Who comes at the same time waits until this one is done.
            try await connection.script("BEGIN; SELECT pg_advisory_xact_lock(hashtext(\(schemaName.quotedLiteral)))")
            let found = try await columns(connection)
            if found.isEmpty {
                try await connection.script(makeSchemas() + makeTables())
                for table in plan.tables { try await insert(table, connection) }
                try await connection.script(refill() + "COMMIT")
                return
            }
            try await connection.script("COMMIT")
            let wanted = Set(schema.tables.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } })
            guard found == wanted else {
                let odd = found.symmetricDifference(wanted).sorted().prefix(3).joined(separator: ", ")
                throw DatabaseError(.other, "the schema \(schemaName) was made for other tables (\(odd)); name another one")
            }
        }
        forgetPrepared()
    }

    /// `table.column` of all tables.
    private func columns(_ connection: PostgresConnection) async throws(DatabaseError) -> Set<String> {
        let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = \(schemaName.quotedLiteral)"
        return Set(try await connection.rows(sql).map { $0.values[0].text })
    }

    private func makeSchemas() -> String {
        [schemaName, seedName].map(\.quotedIdentifier).map { "DROP SCHEMA IF EXISTS \($0) CASCADE; CREATE SCHEMA \($0); " }.joined()
    }

    private func makeTables() -> String {
        schema.ddl(for: .postgres).map { $0 + "; " }.joined()
            + schema.tables.map { "CREATE TABLE \(seedTable($0.name)) AS TABLE \(table($0.name)); " }.joined()
    }

    /// Into the seed copy, which has no constraints; the refill checks them.
    private func insert(_ filled: SeedPlan.Filled, _ connection: PostgresConnection) async throws(DatabaseError) {
        let width = filled.table.columns.count
        // The protocol counts parameters in 16 bits.
        let rowsAtOnce = max(1, min(200, 60_000 / width))
        var rest = filled.rows[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(rowsAtOnce)
            rest = rest.dropFirst(rowsAtOnce)
            let statement = insertion(into: filled.table, rowCount: chunk.count)
            _ = try await connection.run(statement, chunk.flatMap(\.self), isInterruptible: false)
        }
    }

    private func insertion(into table: DatabaseSchema.Table, rowCount: Int) -> Statement {
        let width = table.columns.count
        let rows = (0..<rowCount).map { row in
            "(" + (0..<width).map { ":v\(row * width + $0)" }.joined(separator: ", ") + ")"
        }
        let sql = "INSERT INTO \(seedTable(table.name)) VALUES " + rows.joined(separator: ", ")
        do { return try Statement(parsing: sql) } catch { preconditionFailure("generated SQL must be well formed: \(error)") }
    }

    /// Fills the tables from the copy and lets identities go on after the greatest number. For a transaction with empty tables.
    private func refill() -> String {
        // Tables may refer to each other in a circle; references are checked at the end.
        let copies = schema.tables.map { "INSERT INTO \(table($0.name)) SELECT * FROM \(seedTable($0.name)); " }
        let identities = schema.tables.flatMap { table in
            table.columns.filter(\.isIdentity).map { column in
                let name = self.table(table.name)
                // Nothing is set for an empty table: its next number is 1.
                return "SELECT setval(pg_get_serial_sequence(\(name.quotedLiteral), \(column.name.quotedLiteral)), "
                    + "max(\(column.name.quotedIdentifier))) FROM \(name) HAVING max(\(column.name.quotedIdentifier)) > 0; "
            }
        }
        return "SET CONSTRAINTS ALL DEFERRED; " + copies.joined() + "SET CONSTRAINTS ALL IMMEDIATE; " + identities.joined()
    }

    public func reset() async throws(DatabaseError) {
        restorePermits()
        try await withConnection { connection throws(DatabaseError) in
            let present = try await indexNames(connection)
            // One message, which the server runs as one transaction.
            try await connection.script(emptyTables() + restoreIndexes(present: present) + refill())
        }
    }

    private func emptyTables() -> String {
        guard !schema.tables.isEmpty else { return "" }
        return "TRUNCATE " + schema.tables.map { table($0.name) }.joined(separator: ", ") + " RESTART IDENTITY; "
    }

    private func restoreIndexes(present: [String]) -> String {
        let wanted = schema.indexes.map(\.name)
        let surplus = present.filter { !wanted.contains($0) }.map { "DROP INDEX \(table($0)); " }
        let missing = schema.indexes.filter { !present.contains($0.name) }.map { $0.ddl + "; " }
        return (surplus + missing).joined()
    }

    public func createIndex(_ index: DatabaseSchema.Index) async throws(DatabaseError) {
        try await withConnection { connection throws(DatabaseError) in try await connection.script(index.ddl) }
    }

    public func dropIndex(named name: String) async throws(DatabaseError) {
        try await withConnection { connection throws(DatabaseError) in try await connection.script("DROP INDEX \(table(name))") }
    }

    /// Deletes the schema, its seed copy and everything in them.
    public func dropSchema() async throws(DatabaseError) {
        try await withConnection { connection throws(DatabaseError) in
            let names = [schemaName, seedName].map(\.quotedIdentifier).joined(separator: ", ")
            try await connection.script("DROP SCHEMA IF EXISTS \(names) CASCADE")
        }
        forgetPrepared()
    }

    public func fingerprint() async throws(DatabaseError) -> Fingerprint {
        try await withConnection { connection throws(DatabaseError) in
            // One snapshot for all tables.
            try await connection.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            var content = ContentFingerprint()
            for name in try await tableNames(connection) {
                content.add(table: name, rows: try await connection.rows("SELECT * FROM \(table(name))"))
            }
            for row in try await identities(connection) {
                content.add(identityOf: row.values[0].text, greatest: row.values[1].integer ?? 0)
            }
            for name in try await indexNames(connection) { content.add(index: name) }
            try await connection.script("COMMIT")
            return content.fingerprint
        }
    }

    // MARK: The catalogue

    private func tableNames(_ connection: PostgresConnection) async throws(DatabaseError) -> [String] {
        let sql = "SELECT tablename FROM pg_tables WHERE schemaname = \(schemaName.quotedLiteral) ORDER BY tablename COLLATE \"C\""
        return try await connection.rows(sql).map { $0.values[0].text }
    }

    /// Indexes that somebody created, without those behind primary keys and unique columns.
    private func indexNames(_ connection: PostgresConnection) async throws(DatabaseError) -> [String] {
        let sql = """
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = \(schemaName.quotedLiteral) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
            ORDER BY c.relname COLLATE "C"
            """
        return try await connection.rows(sql).map { $0.values[0].text }
    }

    /// Table and last number given, for tables that number their rows.
    private func identities(_ connection: PostgresConnection) async throws(DatabaseError) -> [Record] {
        let sql = """
            SELECT t.relname, s.last_value FROM pg_sequences s JOIN pg_namespace n ON n.nspname = s.schemaname
            JOIN pg_class c ON c.relname = s.sequencename AND c.relnamespace = n.oid
            JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
            JOIN pg_class t ON t.oid = d.refobjid
            WHERE s.schemaname = \(schemaName.quotedLiteral) AND s.last_value IS NOT NULL ORDER BY t.relname COLLATE "C"
            """
        return try await connection.rows(sql)
    }

    /// `give` closes a connection whose transaction the body left open with an error.
    private func withConnection<Success>(
        _ body: (PostgresConnection) async throws(DatabaseError) -> Success
    ) async throws(DatabaseError) -> Success {
        let connection = try await take()
        defer { give(connection) }
        return try await body(connection)
    }
}
