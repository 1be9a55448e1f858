import Base

/// The statements of one open transaction, one after the other.
public final class Transaction: StatementRunner {
    typealias Run = (Statement, [Value]) async throws(DatabaseError) -> QueryResult

    public let dialect: Dialect
    private let run: Run
    private let turn: ExclusiveTurn
    private var isOpen = true

    init(dialect: Dialect, loop: EventLoop, run: @escaping Run) {
        self.dialect = dialect
        self.run = run
        turn = ExclusiveTurn(loop: loop)
    }

    public func query(_ statement: Statement, _ arguments: [Value]) async throws(DatabaseError) -> QueryResult {
        // Two tasks may share a transaction, but a connection does one thing at a time.
        try await turn.take()
        defer { turn.give() }
        guard isOpen else { throw DatabaseError(.other, "the transaction has ended", sql: statement.traceText) }
        return try await run(statement, arguments)
    }

    /// Waits for a statement that is still running; later ones fail.
    func end() async {
        isOpen = false
        await turn.takeUninterrupted()
        turn.give()
    }
}
