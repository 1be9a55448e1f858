import Base
import Database
import Telemetry

/// A statement together with the database that it belongs to and the span that it leaves.
public final class PreparedQuery {
    public let statement: Statement
    let database: Int
    let span: SpanTemplate?
    /// Of taking a connection out of the pool; nil where the service's telemetry does not describe that.
    let connectSpan: SpanTemplate?
    /// Outside of a transaction it commits what it has changed.
    let isChange: Bool

    init(statement: Statement, database: Int, span: SpanTemplate?, connectSpan: SpanTemplate? = nil) {
        self.statement = statement
        self.database = database
        self.span = span
        self.connectSpan = connectSpan
        isChange = statement.operation != "SELECT"
    }

    /// Another statement that looks the same in traces.
    public func replacing(_ statement: Statement) -> PreparedQuery {
        PreparedQuery(statement: statement, database: database, span: span, connectSpan: connectSpan)
    }
}

extension PreparedQuery {
    /// Stands in for a query that could not be made, so that compiling goes on and finds further mistakes. Never runs: the wiring that
    /// holds it is refused.
    static var impossible: PreparedQuery {
        PreparedQuery(statement: Statement("SELECT NULL"), database: 0, span: nil)
    }
}
