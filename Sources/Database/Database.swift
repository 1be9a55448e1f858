import Base

/// Rows of a query and the number of rows that a change touched.
public struct QueryResult: Sendable {
    /// Rows share one layout.
    public var rows: [Record]
    public var affectedRows: Int

    public init(rows: [Record], affectedRows: Int) {
        self.rows = rows
        self.affectedRows = affectedRows
    }
}

/// What runs statements: a database, or a transaction in one.
public protocol QueryRunner: AnyObject {
    /// Runs a statement. Other tasks of the loop may run meanwhile, as they do beside a real database.
    ///
    /// - Parameter arguments: Values in the order of the statement's parameter names.
    func query(_ statement: Statement, _ arguments: [Value]) async throws -> QueryResult
}

/// A shop's connection pool to one database. Lives on the shop's loop.
public protocol Database: QueryRunner {
    /// Runs a body in one transaction: committed when it returns, rolled back when it throws.
    func transaction<Result>(_ body: (any QueryRunner) async throws -> Result) async throws -> Result
    /// Takes a connection out of the pool.
    func lease() async throws -> Lease
    /// Hash of all rows of all tables, equal for equal content.
    func fingerprint() async throws -> UInt64
    /// Back to the seeded rows.
    func reset() async throws
    /// Sets the pool's limit; connections above it go when they are given back.
    var poolLimit: Int { get set }
    var statistics: PoolStatistics { get }
    func createIndex(_ name: String, table: String, columns: [String]) async throws
    func dropIndex(_ name: String) async throws
    func close() async
}

/// Why a statement could not be run.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
    public enum Cause: Sendable, Equatable {
        case constraint
        /// Somebody else holds a lock.
        case busy
        case poolExhausted(limit: Int, waited: Duration)
        case connection
        case syntax
        case other
    }

    public var cause: Cause
    /// SQLSTATE of PostgreSQL, or SQLite's extended result code.
    public var code: String
    /// The engine's words, without argument values.
    public var message: String

    public init(_ cause: Cause, code: String = "", _ message: String) {
        self.cause = cause
        self.code = code
        self.message = message
    }

    public var description: String { code.isEmpty ? message : "\(message) (\(code))" }
}
