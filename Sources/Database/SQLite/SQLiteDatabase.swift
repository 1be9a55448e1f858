import Base

/// A shop's data in SQLite: in memory, or in a file that survives the process.
///
/// There is one handle. A transaction has it until its end and everybody else waits; otherwise statements run one by one. In memory
/// they run on the loop, which takes microseconds; with a file they wait for the disk and run on a worker thread.
public final class SQLiteDatabase: Database, ImmediateStatementRunner {
    public let dialect = Dialect.sqlite
    public var onStatement: ((StatementEvent) -> Void)?
    private let image: SQLiteImage
    private let isFile: Bool
    private let loop: EventLoop
    private let options: DatabaseOptions
    private let pool: PermitPool
    /// Held by a transaction, and by every single use of a file's handle.
    private let handleTurn: ExclusiveTurn
    private var connection: SQLiteConnection?

    /// A database in memory with the image's content.
    public init(image: SQLiteImage, loop: EventLoop, options: DatabaseOptions = DatabaseOptions()) throws(DatabaseError) {
        // Copied into SQLite's own memory database and not opened over the bytes (sqlite3_deserialize): that would keep every page
        // twice, in the bytes and in the page cache, and write a journal.
        let connection = try SQLiteConnection()
        try connection.restore(from: image)
        self.image = image
        self.connection = connection
        isFile = false
        self.loop = loop
        self.options = options
        pool = PermitPool(loop: loop, options: options)
        handleTurn = ExclusiveTurn(loop: loop, limit: options.lockTimeout)
    }

    /// A database in a file, which is made from the image if it does not exist. A commit that was acknowledged survives `kill -9` and
    /// loss of power.
    ///
    /// - Throws: `.connection` when the file cannot be made, opened or is no database.
    public init(
        path: String, image: SQLiteImage, loop: EventLoop, options: DatabaseOptions = DatabaseOptions()
    ) async throws(DatabaseError) {
        do {
            connection = try await WorkerPool.shared.run {
                try SQLiteFile.create(at: path, from: image)
                return try SQLiteConnection(file: path)
            }
        } catch { throw error as? DatabaseError ?? DatabaseError(.connection, "\(error)") }
        self.image = image
        isFile = true
        self.loop = loop
        self.options = options
        pool = PermitPool(loop: loop, options: options)
        handleTurn = ExclusiveTurn(loop: loop, limit: options.lockTimeout)
    }

    public var statistics: PoolStatistics { pool.statistics }

    // MARK: Work

    /// Begins to count what statements cost; nothing is counted before.
    public func measureWork() { connection?.work = SQLiteWork() }

    /// What statements have cost since `measureWork`.
    public var work: SQLiteWork { connection?.work ?? SQLiteWork() }

    // MARK: Looking from outside

    /// Runs one SQL text without parameters at once, past permits and open transactions: for who watches a database from outside. Takes no
    /// simulated time and counts as no work.
    ///
    /// - Throws: `DatabaseError` for SQL that fails. A database in a file is used by worker threads and cannot be watched so.
    public func look(_ sql: String) throws(DatabaseError) -> [Record] {
        precondition(!isFile, "only a database in memory can be watched from outside")
        return try open().rows(sql)
    }

    // MARK: Statements

    public func query(_ statement: Statement, _ arguments: [Value]) async throws(DatabaseError) -> QueryResult {
        if isFile || loop.isVirtual { return try await queryHoldingPermit(statement, arguments) }
        await loop.hop()
        if Task.isCancelled { throw .cancelled(statement) }
        guard !handleTurn.isTaken, pool.hasPermit else { return try await queryHoldingPermit(statement, arguments, isPaused: true) }
        guard onStatement != nil else { return try queryNow(statement, arguments) }
        return try reportingExecute(statement, arguments)
    }

    public var immediateRunner: (any ImmediateStatementRunner)? {
        !isFile && !loop.isVirtual && onStatement == nil && !handleTurn.isTaken && pool.hasPermit ? self : nil
    }

    /// In memory a statement takes no time between getting its permit and giving it back: others wait for permits only while leases and
    /// transactions hold them.
    public func queryNow(_ statement: Statement, _ arguments: [Value]) throws(DatabaseError) -> QueryResult {
        try open().execute(statement, arguments)
    }

    private func reportingExecute(_ statement: Statement, _ arguments: [Value]) throws(DatabaseError) -> QueryResult {
        let start = loop.now
        do {
            let result = try open().execute(statement, arguments)
            report(statement, since: start, .success(result))
            return result
        } catch {
            report(statement, since: start, .failure(error))
            throw error
        }
    }

    /// - Parameter isPaused: True when others have had their turn already.
    private func queryHoldingPermit(
        _ statement: Statement, _ arguments: [Value], isPaused: Bool = false
    ) async throws(DatabaseError) -> QueryResult {
        if !pool.tryAcquire() { try await acquire(for: statement) }
        defer { pool.release() }
        return try await run(statement, arguments, ownsHandle: false, isPaused: isPaused)
    }

    /// Waits for a permit; a failure is reported as the statement's.
    private func acquire(for statement: Statement) async throws(DatabaseError) {
        let start = loop.now
        do { try await pool.acquire() } catch {
            report(statement, since: start, .failure(error))
            throw error.about(statement)
        }
    }

    private func run(
        _ statement: Statement, _ arguments: [Value], ownsHandle: Bool, isPaused: Bool = false
    ) async throws(DatabaseError) -> QueryResult {
        guard onStatement != nil else { return try await execute(statement, arguments, ownsHandle: ownsHandle, isPaused: isPaused) }
        let start = loop.now
        do {
            let result = try await execute(statement, arguments, ownsHandle: ownsHandle, isPaused: isPaused)
            report(statement, since: start, .success(result))
            return result
        } catch {
            report(statement, since: start, .failure(error))
            throw error
        }
    }

    private func execute(
        _ statement: Statement, _ arguments: [Value], ownsHandle: Bool, isPaused: Bool
    ) async throws(DatabaseError) -> QueryResult {
        // A worker thread is a suspension point already, but takes no simulated time.
        if !isPaused && (!isFile || loop.isVirtual) { try await loop.statementPause(options.statementCost) }
        if !isFile && (ownsHandle || !handleTurn.isTaken) { return try open().execute(statement, arguments) }
        return try await withHandle(owned: ownsHandle) { connection throws(DatabaseError) in try connection.execute(statement, arguments) }
    }

    private func report(_ statement: Statement, since start: Timestamp, _ result: Result<QueryResult, DatabaseError>) {
        guard let onStatement else { return }
        let duration = (loop.now - start).nanoseconds
        switch result {
        case .success(let success):
            onStatement(StatementEvent(statement: statement, start: start, durationNanoseconds: duration, rowCount: success.rows.count))
        case .failure(let error):
            onStatement(StatementEvent(statement: statement, start: start, durationNanoseconds: duration, rowCount: 0, error: error))
        }
    }

    // MARK: The handle

    private func open() throws(DatabaseError) -> SQLiteConnection {
        guard let connection else { throw DatabaseError(.connection, "the database is closed") }
        return connection
    }

    /// Runs a body that has the handle to itself: here, or on a worker thread if it may wait for a disk.
    private func withHandle<Success: Sendable>(
        owned: Bool, _ body: @escaping @Sendable (SQLiteConnection) throws(DatabaseError) -> Success
    ) async throws(DatabaseError) -> Success {
        if !owned { try await handleTurn.take() }
        defer { if !owned { handleTurn.give() } }
        let connection = try open()
        guard isFile else { return try body(connection) }
        do { return try await WorkerPool.shared.run { try body(connection) } } catch {
            throw error as? DatabaseError ?? DatabaseError(.other, "\(error)")
        }
    }

    // MARK: Transactions and leases

    public func transaction<Success>(_ body: (Transaction) async throws -> Success) async throws -> Success {
        try await pool.acquire()
        defer { pool.release() }
        try await handleTurn.take()
        defer { handleTurn.give() }
        try await control(Self.begin)
        let transaction = Transaction(dialect: dialect, loop: loop) { [self] statement, arguments throws(DatabaseError) in
            try await run(statement, arguments, ownsHandle: true)
        }
        do {
            let result = try await body(transaction)
            await transaction.end()
            try await control(Self.commit)
            return result
        } catch {
            await transaction.end()
            // The body's error is the one that tells what happened; without a handle there is nothing to roll back.
            try? await rollBack()
            throw error
        }
    }

    private static let begin = Statement("BEGIN IMMEDIATE")
    private static let commit = Statement("COMMIT")

    private func control(_ statement: Statement) async throws(DatabaseError) {
        try await withHandle(owned: true) { connection throws(DatabaseError) in try connection.control(statement) }
    }

    private func rollBack() async throws(DatabaseError) {
        // Some errors make SQLite roll back by itself; then there is nothing left to do.
        try await withHandle(owned: true) { connection throws(DatabaseError) in
            if connection.isInTransaction { try connection.script("ROLLBACK") }
        }
    }

    public func lease() async throws(DatabaseError) -> Lease {
        try await pool.acquire()
        return Lease(dialect: dialect, loop: loop) { [self] statement, arguments throws(DatabaseError) in
            try await run(statement, arguments, ownsHandle: false)
        } giveBack: { [pool] in
            pool.release()
        }
    }

    public func leakPermit() { pool.leak() }

    public func restorePermits() { pool.restore() }

    // MARK: Whole content

    public func createIndex(_ index: DatabaseSchema.Index) async throws(DatabaseError) {
        try await withHandle(owned: false) { connection throws(DatabaseError) in try connection.script(index.ddl) }
    }

    public func dropIndex(named name: String) async throws(DatabaseError) {
        try await withHandle(owned: false) { connection throws(DatabaseError) in try connection.script("DROP INDEX \(name.quotedIdentifier)") }
    }

    public func reset() async throws(DatabaseError) { try await reset(to: image) }

    /// Makes the whole content that of an image, which must come from the same schema.
    public func reset(to image: SQLiteImage) async throws(DatabaseError) {
        try await withHandle(owned: false) { connection throws(DatabaseError) in try connection.restore(from: image) }
        pool.restore()
    }

    public func fingerprint() async throws(DatabaseError) -> Fingerprint {
        try await withHandle(owned: false) { connection throws(DatabaseError) in try connection.fingerprint() }
    }

    /// A worker that still uses the handle keeps it open until it has finished.
    public func close() { connection = nil }
}
