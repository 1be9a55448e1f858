import Base

/// A statement with named parameters (`:id`), written once for SQLite and PostgreSQL. One object per place in a pack or handler: the
/// engines keep the prepared form under its identity.
public final class Statement: Sendable {
    /// As written, with `:name` parameters. This is what traces show, with `?` for parameters.
    public let sql: String
    /// Parameter names in the order in which `query` takes their values; each name once.
    public let parameters: [String]

    public init(_ sql: String, parameters: [String]) {
        self.sql = sql
        self.parameters = parameters
    }
}
