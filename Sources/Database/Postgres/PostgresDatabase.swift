import Base
import CLibPQ

/// A shop's data in a PostgreSQL schema of its own, over a pool of connections that are opened when they are needed.
///
/// Nothing blocks the loop, except the look-up of a host name: give addresses or `localhost` where that matters.
public final class PostgresDatabase: Database {
    public let dialect = Dialect.postgres
    public var onStatement: ((StatementEvent) -> Void)?
    let schemaName: String
    private let url: String
    private let loop: EventLoop
    private let options: DatabaseOptions
    private let pool: PermitPool
    private var idle: [PostgresConnection] = []
    /// Connections that a fault holds on to; the server counts them as well.
    private var leaked: [PostgresConnection] = []
    private var busy: [ObjectIdentifier: PostgresConnection] = [:]
    private var isClosed = false
    /// Counts how often the tables were made; a connection's prepared statements belong to one of the times.
    private var generation = 0
    private var generations: [ObjectIdentifier: Int] = [:]
    /// The tables that `build` makes and `reset` restores; they may have been built by an earlier process.
    let schema: DatabaseSchema

    /// - Parameter url: `postgresql://user@host:port/database`, or libpq's `host=... port=...`. Nothing connects before the first use.
    /// - Parameter schemaName: PostgreSQL's schema, made by `build`. A second one beside it, `NAME__seed`, keeps the seed rows.
    /// - Parameter loop: In real time; simulated time has no sockets.
    public init(
        url: String, schemaName: String, schema: DatabaseSchema, loop: EventLoop, options: DatabaseOptions = DatabaseOptions()
    ) {
        precondition(!loop.isVirtual, "PostgreSQL needs a loop in real time; use SQLite in simulated time")
        self.url = url
        self.schemaName = schemaName
        self.schema = schema
        self.loop = loop
        self.options = options
        pool = PermitPool(loop: loop, options: options)
    }

    public var statistics: PoolStatistics { pool.statistics }

    // MARK: Connections

    /// A connection for one user, who gives it back with `give`. Waits for a permit first.
    func take() async throws(DatabaseError) -> PostgresConnection {
        if !pool.tryAcquire() { try await pool.acquire() }
        do throws(DatabaseError) {
            let connection = try await idleOrNew()
            busy[ObjectIdentifier(connection)] = connection
            return connection
        } catch {
            pool.release()
            throw error
        }
    }

    private func idleOrNew() async throws(DatabaseError) -> PostgresConnection {
        if let connection = try await existing() { return connection }
        let connection = try await connect()
        if isClosed { throw DatabaseError(.connection, "the database is closed") }
        return connection
    }

    private func existing() async throws(DatabaseError) -> PostgresConnection? {
        if isClosed { throw DatabaseError(.connection, "the database is closed") }
        while let connection = idle.popLast() {
            guard !connection.isLost else { forget(connection); continue }
            guard generations[ObjectIdentifier(connection)] != generation else { return connection }
            generations[ObjectIdentifier(connection)] = generation
            do { try await connection.forgetPrepared() } catch { forget(connection); continue }
            return connection
        }
        return nil
    }

    private func connect() async throws(DatabaseError) -> PostgresConnection {
        let parameters = [("dbname", url), ("application_name", schemaName), ("client_encoding", "UTF8")]
        let connection = try await PostgresConnection.connect(parameters, loop: loop, within: options.connectTimeout)
        let lockTimeout = options.lockTimeout.map { max(1, $0.nanoseconds / 1_000_000) } ?? 0
        try await connection.script("SET search_path TO \(schemaName.quotedIdentifier); SET lock_timeout TO \(lockTimeout)")
        generations[ObjectIdentifier(connection)] = generation
        return connection
    }

    private func forget(_ connection: PostgresConnection) {
        connection.close()
        generations[ObjectIdentifier(connection)] = nil
    }

    func give(_ connection: PostgresConnection) {
        busy[ObjectIdentifier(connection)] = nil
        // A transaction that could not be rolled back must not go on in the hands of the next user.
        if isClosed || connection.isLost || connection.isInTransaction { forget(connection) } else { idle.append(connection) }
        pool.release()
    }

    /// After tables were made anew.
    func forgetPrepared() { generation += 1 }

    public func close() {
        isClosed = true
        for connection in idle + leaked + busy.values { forget(connection) }
        idle = []
        leaked = []
        pool.restore()
    }

    // MARK: Statements

    public var immediateRunner: (any ImmediateStatementRunner)? { nil }

    public func query(_ statement: Statement, _ arguments: [Value]) async throws(DatabaseError) -> QueryResult {
        let connection = try await take(for: statement)
        defer { give(connection) }
        return try await run(statement, arguments, on: connection)
    }

    /// A failure to get a connection is reported as the statement's.
    private func take(for statement: Statement) async throws(DatabaseError) -> PostgresConnection {
        let start = loop.now
        do { return try await take() } catch {
            report(statement, since: start, rowCount: 0, error)
            throw error.about(statement)
        }
    }

    private func run(_ statement: Statement, _ arguments: [Value], on connection: PostgresConnection) async throws(DatabaseError) -> QueryResult {
        guard onStatement != nil else { return try await connection.run(statement, arguments) }
        let start = loop.now
        do {
            let result = try await connection.run(statement, arguments)
            report(statement, since: start, rowCount: result.rows.count)
            return result
        } catch {
            report(statement, since: start, rowCount: 0, error)
            throw error
        }
    }

    private func report(_ statement: Statement, since start: Timestamp, rowCount: Int, _ error: DatabaseError? = nil) {
        guard let onStatement else { return }
        let duration = (loop.now - start).nanoseconds
        onStatement(StatementEvent(statement: statement, start: start, durationNanoseconds: duration, rowCount: rowCount, error: error))
    }

    // MARK: Transactions and leases

    public func transaction<Success>(_ body: (Transaction) async throws -> Success) async throws -> Success {
        let connection = try await take()
        defer { give(connection) }
        if Task.isCancelled { throw DatabaseError.cancelled() }
        try await connection.script("BEGIN")
        let transaction = Transaction(dialect: dialect, loop: loop) { [self] statement, arguments throws(DatabaseError) in
            try await run(statement, arguments, on: connection)
        }
        do {
            let result = try await body(transaction)
            await transaction.end()
            try await commit(connection)
            return result
        } catch {
            await transaction.end()
            // When this fails, `give` closes the connection, which rolls back too; the body's error is the one to know.
            try? await connection.script("ROLLBACK")
            throw error
        }
    }

    /// PostgreSQL answers COMMIT with a rollback, and no error, when a statement of the transaction had failed.
    private func commit(_ connection: PostgresConnection) async throws(DatabaseError) {
        if connection.hasFailedTransaction { throw DatabaseError(.other, "a statement of the transaction failed", sqlState: "25P02") }
        try await connection.script("COMMIT")
    }

    public func lease() async throws(DatabaseError) -> Lease {
        let connection = try await take()
        return Lease(dialect: dialect, loop: loop) { [self] statement, arguments throws(DatabaseError) in
            try await run(statement, arguments, on: connection)
        } giveBack: { [self] in
            give(connection)
        }
    }

    public func leakPermit() {
        if pool.leak(), let connection = idle.popLast() { leaked.append(connection) }
    }

    public func restorePermits() {
        idle += leaked
        leaked = []
        pool.restore()
    }
}
