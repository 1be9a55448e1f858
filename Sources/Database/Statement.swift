/// One SQL statement with named parameters (`:id`), written once for SQLite and PostgreSQL.
///
/// Make one object per place in a pack or handler and keep it: the engines keep the prepared form under its identity, so two objects
/// with the same text are prepared twice.
///
/// A trailing `FOR UPDATE` or `FOR SHARE` is for PostgreSQL's row locks. SQLite is given the statement without it: there a transaction
/// has the whole database to itself from its start.
public final class Statement: Sendable {
    /// As written, without the final semicolon.
    public let sql: String
    /// Parameter names in the order in which `query` takes their values; each name once.
    public let parameters: [String]
    /// As traces show it: every parameter is a `?`, literals stay.
    public let traceText: String
    private let sqliteText: String
    private let postgresText: String

    /// - Throws: `StatementError` with the offset of the mistake.
    public init(parsing sql: String) throws(StatementError) {
        let parsed = try ParsedStatement(sql)
        self.sql = parsed.text { ":" + $0.name }
        parameters = parsed.parameters
        traceText = parsed.text { _ in "?" }
        postgresText = parsed.text { "$\($0.number)" }
        sqliteText = parsed.textWithoutRowLock { "?\($0.number)" }
    }

    /// A statement that is part of the program; a mistake in it is a bug and traps.
    public convenience init(_ sql: StaticString) {
        do { try self.init(parsing: sql.description) } catch { preconditionFailure("correct this statement: \(sql): \(error)") }
    }

    /// The text that the engine prepares: `?1` for SQLite, `$1` for PostgreSQL.
    public func text(for dialect: Dialect) -> String {
        switch dialect {
        case .sqlite: sqliteText
        case .postgres: postgresText
        }
    }
}
