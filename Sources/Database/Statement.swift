import Base

/// A statement with named parameters (`:id`), written once for SQLite and PostgreSQL. One object for each place in a pack or handler:
/// the engines keep the prepared form under its identity.
public final class Statement: Sendable {
    /// As written, with `:name` parameters.
    public let sql: String
    /// Parameter names in the order in which queries take their values; each name once.
    public let parameters: [String]
    /// With `?1`, `?2` ... for SQLite.
    let sqliteText: String
    /// With `$1`, `$2` ... for PostgreSQL.
    let postgresText: String
    /// With `?` for every parameter, as traces show it.
    public let traceText: String

    /// A mistake in SQL text.
    public struct ParseError: Error, CustomStringConvertible, Sendable {
        public let description: String
    }

    /// Finds the parameters outside of quotes, comments and `::` casts.
    public init(parsing sql: String) throws(ParseError) {
        var scanner = ParameterScanner(sql)
        try scanner.scan()
        self.sql = sql
        parameters = scanner.names
        sqliteText = scanner.sqlite
        postgresText = scanner.postgres
        traceText = scanner.trace
    }
}

/// Copies SQL text while it replaces parameters.
private struct ParameterScanner {
    private let text: [UInt8]
    private var index = 0
    private(set) var names: [String] = []
    private var outputs: (sqlite: [UInt8], postgres: [UInt8], trace: [UInt8]) = ([], [], [])

    init(_ sql: String) { text = Array(sql.utf8) }

    var sqlite: String { String(decoding: outputs.sqlite, as: UTF8.self) }
    var postgres: String { String(decoding: outputs.postgres, as: UTF8.self) }
    var trace: String { String(decoding: outputs.trace, as: UTF8.self) }

    mutating func scan() throws(Statement.ParseError) {
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): try copyQuoted(text[index])
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"): while index < text.count, text[index] != UInt8(ascii: "\n") { copy() }
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"): try copyComment()
            case UInt8(ascii: ":") where next == UInt8(ascii: ":"): copy(); copy()
            case UInt8(ascii: ":") where next.map(Self.isNameStart) == true: parameter()
            default: copy()
            }
        }
        if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) { throw Statement.ParseError(description: "the statement is empty") }
    }

    private var next: UInt8? { index + 1 < text.count ? text[index + 1] : nil }

    private static func isNameStart(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_") }

    private mutating func copy() {
        outputs.sqlite.append(text[index])
        outputs.postgres.append(text[index])
        outputs.trace.append(text[index])
        index += 1
    }

    private mutating func copyQuoted(_ quote: UInt8) throws(Statement.ParseError) {
        repeat {
            copy()
            guard index < text.count else { throw Statement.ParseError(description: "a quote in the statement is not closed") }
        } while text[index] != quote
        copy()
    }

    private mutating func copyComment() throws(Statement.ParseError) {
        repeat {
            copy()
            guard index + 1 < text.count else { throw Statement.ParseError(description: "a comment in the statement is not closed") }
        } while !(text[index] == UInt8(ascii: "*") && text[index + 1] == UInt8(ascii: "/"))
        copy()
        copy()
    }

    private mutating func parameter() {
        index += 1
        let start = index
        while index < text.count, Self.isNameStart(text[index]) || (48...57).contains(text[index]) { index += 1 }
        let name = String(decoding: text[start..<index], as: UTF8.self)
        let number = (names.firstIndex(of: name) ?? names.count) + 1
        if number > names.count { names.append(name) }
        outputs.sqlite.append("?\(number)")
        outputs.postgres.append("$\(number)")
        outputs.trace.append(UInt8(ascii: "?"))
    }
}
