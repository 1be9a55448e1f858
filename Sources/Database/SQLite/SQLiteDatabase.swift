import Base
import CSQLite

/// A shop's own SQLite database: in memory, or a file.
///
/// There is one handle; the pool's permits stand for connections. A transaction has the handle for itself, and statements of others wait
/// until it ends, which is how SQLite locks a whole database. In memory, statements run on the loop; with a file, on a worker thread.
public final class SQLiteDatabase: Database {
    private let connection: SQLiteConnection
    private let image: SQLiteImage
    private let loop: EventLoop
    private let isFile: Bool
    private let pool: ConnectionPool
    /// Waits of the virtual world for each statement.
    private let statementCost: Duration
    private var isLocked = false
    private var lockWaiters = Deque<CheckedContinuation<Void, Never>>()

    /// - Parameters:
    ///   - path: A file that is made from the image when it does not exist; nil keeps everything in memory.
    ///   - statementCost: Simulated time of one statement; only a virtual loop spends it.
    public init(
        image: SQLiteImage, path: String? = nil, loop: EventLoop, poolLimit: Int = 25, patience: Duration = .seconds(30), statementCost: Duration = .microseconds(300)
    ) throws(DatabaseError) {
        self.image = image
        self.loop = loop
        self.statementCost = statementCost
        isFile = path != nil
        connection = try SQLiteConnection(path: path ?? ":memory:")
        pool = ConnectionPool(limit: poolLimit, patience: patience, loop: loop)
        let tables = try connection.query(Self.tableCount, []).rows.first?.values.first
        if tables == 0 { try image.restore(into: connection) }
        if isFile { try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
        try connection.execute("PRAGMA foreign_keys = ON")
    }

    private static let tableCount = fixed("SELECT count(*) FROM sqlite_master WHERE type = 'table'")

    private static func fixed(_ sql: String) -> Statement {
        do { return try Statement(parsing: sql) } catch { preconditionFailure("the program's own SQL is well-formed") }
    }

    public var poolLimit: Int {
        get { pool.limit }
        set { pool.limit = newValue }
    }

    public var statistics: PoolStatistics { pool.statistics }

    // MARK: Statements

    public func query(_ statement: Statement, _ arguments: [Value]) async throws -> QueryResult {
        if !pool.takeIfFree() { try await pool.take() }
        defer { pool.giveBack() }
        await spendTime()
        while isLocked { await withCheckedContinuation { lockWaiters.append($0) } }
        return try await run(statement, arguments)
    }

    /// The suspension that a round trip to a database is.
    private func spendTime() async {
        if loop.isVirtual { try? await loop.sleep(for: statementCost) } else { await Task.yield() }
    }

    private func run(_ statement: Statement, _ arguments: [Value]) async throws -> QueryResult {
        guard isFile else { return try connection.query(statement, arguments) }
        // The lock keeps others away from the handle while a worker has it.
        let ownsLock = !isLocked
        isLocked = true
        defer { if ownsLock { unlock() } }
        let connection = connection
        return try await WorkerPool.shared.run { try connection.query(statement, arguments) }
    }

    private func unlock() {
        isLocked = false
        let waiting = lockWaiters.count
        for _ in 0..<waiting { lockWaiters.popFirst()?.resume() }
    }

    // MARK: Transactions

    public func transaction<Result>(_ body: (any QueryRunner) async throws -> Result) async throws -> Result {
        try await pool.take()
        defer { pool.giveBack() }
        while isLocked { await withCheckedContinuation { lockWaiters.append($0) } }
        isLocked = true
        defer { unlock() }
        _ = try await run(Self.begin, [])
        do {
            let result = try await body(Transaction(database: self))
            _ = try await run(Self.commit, [])
            return result
        } catch {
            // A failed COMMIT leaves the transaction open, some errors have already ended it.
            _ = try? await run(Self.rollback, [])
            throw error
        }
    }

    private static let begin = fixed("BEGIN IMMEDIATE")
    private static let commit = fixed("COMMIT")
    private static let rollback = fixed("ROLLBACK")

    private final class Transaction: QueryRunner {
        private let database: SQLiteDatabase
        init(database: SQLiteDatabase) { self.database = database }

        func query(_ statement: Statement, _ arguments: [Value]) async throws -> QueryResult {
            await database.spendTime()
            return try await database.run(statement, arguments)
        }
    }

    public func lease() async throws -> Lease {
        try await pool.take()
        return Lease { [pool] in pool.giveBack() }
    }

    // MARK: Whole database

    public func fingerprint() async throws -> UInt64 {
        var print = Fingerprint()
        for table in image.schema.tables.sorted(by: { $0.name < $1.name }) {
            print.combine(table.name.utf8)
            let statement = Self.fixed("SELECT * FROM \(table.name) ORDER BY \(table.columns.first?.name ?? "rowid")")
            for row in try connection.query(statement, []).rows { print.combine(Value.record(row).jsonBytes()) }
        }
        connection.forgetStatements()
        return print.value
    }

    public func reset() async throws {
        while isLocked { await withCheckedContinuation { lockWaiters.append($0) } }
        try image.restore(into: connection)
    }

    public func createIndex(_ name: String, table: String, columns: [String]) async throws {
        try connection.execute("CREATE INDEX IF NOT EXISTS \(name) ON \(table) (\(columns.joined(separator: ", ")))")
    }

    public func dropIndex(_ name: String) async throws { try connection.execute("DROP INDEX IF EXISTS \(name)") }

    public func close() async { connection.forgetStatements() }
}
