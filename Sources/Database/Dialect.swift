/// Which engine's SQL is spoken.
public enum Dialect: String, Sendable, CaseIterable {
    case sqlite
    case postgres
}

extension String {
    /// The name as an SQL identifier, the same on both engines: in double quotes, which reserved words need.
    var quotedIdentifier: String { "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }

    /// The text as an SQL literal. Only for names from the schema, never for a caller's values.
    var quotedLiteral: String { "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
}
