import Base

/// A connection (SQLite: a permit) that one caller holds on to.
public final class Lease: StatementRunner {
    public let dialect: Dialect
    private let run: Transaction.Run
    private let turn: ExclusiveTurn
    private var giveBack: (() -> Void)?

    init(dialect: Dialect, loop: EventLoop, run: @escaping Transaction.Run, giveBack: @escaping () -> Void) {
        self.dialect = dialect
        self.run = run
        self.giveBack = giveBack
        turn = ExclusiveTurn(loop: loop)
    }

    public func query(_ statement: Statement, _ arguments: [Value]) async throws(DatabaseError) -> QueryResult {
        try await turn.take()
        defer { turn.give() }
        guard giveBack != nil else { throw DatabaseError(.other, "the lease has been released", sql: statement.traceText) }
        return try await run(statement, arguments)
    }

    /// Gives the connection to the next who waits. Call it once your statements have ended; further calls do nothing.
    public func release() {
        giveBack.take()?()
    }

    deinit { giveBack?() }
}
