/// A mistake in the text of a statement. Offsets count bytes from 0.
public enum StatementError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case unterminatedQuote(offset: Int)
    case unterminatedComment(offset: Int)
    /// A `?` or `$1` where a `:name` belongs.
    case positionalParameter(offset: Int)
    case severalStatements(offset: Int)

    public var description: String {
        switch self {
        case .empty: "the statement is empty"
        case .unterminatedQuote(let offset): "the quote at offset \(offset) is not closed"
        case .unterminatedComment(let offset): "the comment at offset \(offset) is not closed"
        case .positionalParameter(let offset): "parameters have names: write :name instead of the one at offset \(offset)"
        case .severalStatements(let offset): "another statement begins at offset \(offset); write one statement at a time"
        }
    }
}
