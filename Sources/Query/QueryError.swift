/// Why a query cannot be understood.
public struct QueryError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String
    /// Character where it happened, from 1; 0 when the whole query is meant.
    public var column: Int

    public init(_ message: String, column: Int = 0) {
        self.message = message
        self.column = column
    }

    public var description: String { column == 0 ? message : "column \(column): \(message)" }
}
