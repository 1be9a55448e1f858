import Base
import Database
import Telemetry

/// A statement together with the database that it belongs to and the span that it leaves.
public final class PreparedQuery {
    public let statement: Statement
    let database: Int
    let span: SpanTemplate?

    init(statement: Statement, database: Int, span: SpanTemplate?) {
        self.statement = statement
        self.database = database
        self.span = span
    }
}

extension PreparedQuery {
    /// Stands in for a query that could not be made, so that compiling goes on and finds further mistakes. Never runs: the wiring that
    /// holds it is refused.
    static var impossible: PreparedQuery {
        PreparedQuery(statement: Statement("SELECT NULL"), database: 0, span: nil)
    }
}
