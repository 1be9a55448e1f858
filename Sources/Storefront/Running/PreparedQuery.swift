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
