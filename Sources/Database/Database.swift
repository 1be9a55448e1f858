import Base

/// What statements can be run on: a database, a lease, a transaction.
public protocol StatementRunner: AnyObject {
    var dialect: Dialect { get }

    /// Runs one statement. Always a suspension point, so other work of the loop comes in between two statements.
    ///
    /// - Parameter arguments: One value for each of `statement.parameters`, in that order. Booleans become 0 and 1, lists and records
    ///   become JSON text.
    /// - Throws: `DatabaseError`; a failed statement outside of a transaction has changed nothing.
    func query(_ statement: Statement, _ arguments: [Value]) async throws(DatabaseError) -> QueryResult
}

extension StatementRunner {
    public func query(_ statement: Statement) async throws(DatabaseError) -> QueryResult { try await query(statement, []) }
}

/// Runs statements without a suspension point.
public protocol ImmediateStatementRunner: AnyObject {
    func queryNow(_ statement: Statement, _ arguments: [Value]) throws(DatabaseError) -> QueryResult
}

/// A shop's data. Belongs to one event loop and is called only there.
public protocol Database: StatementRunner {
    /// Called for each finished statement of `query`, also within transactions and leases, on the task that called: task-local values
    /// tell whose statement it was. `BEGIN`, `COMMIT` and maintenance are not reported.
    var onStatement: ((StatementEvent) -> Void)? { get set }

    var statistics: PoolStatistics { get }

    /// What runs a statement at once; nil while that means waiting for a connection, a disk or a server, and where statements take
    /// simulated time or are reported.
    var immediateRunner: (any ImmediateStatementRunner)? { get }

    /// Runs statements that take effect together or not at all.
    ///
    /// The body's statements go through the transaction that it is given; a statement on the database itself would wait for the
    /// transaction to end. The body's error rolls back and is thrown on; so does cancellation.
    ///
    /// SQLite: `BEGIN IMMEDIATE`, and everybody else's statements wait, because there is one handle. PostgreSQL: one connection in
    /// isolation level "read committed"; read what you will write with `FOR UPDATE`, which both engines take.
    func transaction<Result>(_ body: (Transaction) async throws -> Result) async throws -> Result

    /// Takes a connection (SQLite: a permit) until the lease is released.
    func lease() async throws(DatabaseError) -> Lease

    /// Loses a connection (SQLite: a permit), now or as soon as one comes free, until `restorePermits` or `reset`.
    func leakPermit()

    /// Gives back what `leakPermit` took.
    func restorePermits()

    func createIndex(_ index: DatabaseSchema.Index) async throws(DatabaseError)

    /// - Throws: `.syntax` when there is no such index.
    func dropIndex(named name: String) async throws(DatabaseError)

    /// Rows, identities and indexes as they were seeded, and no leaked permits. Waits for open transactions.
    func reset() async throws(DatabaseError)

    /// A hash over all tables' rows (in any order), the next identities and the names of indexes: equal for equal content, whichever
    /// the engine.
    func fingerprint() async throws(DatabaseError) -> Fingerprint

    /// Ends all connections; statements that still wait fail with `.connection`. Deletes nothing.
    func close()
}
