/// Finds parameters in SQL text and skips what only looks like one: quotes, comments and `::` casts.
///
/// Comments do not nest, as in SQLite. PostgreSQL's dollar quotes and backslash strings are no part of the common SQL.
struct StatementScanner {
    enum Token {
        /// Text to keep as it is.
        case text(Range<Int>)
        case parameter(name: String)
    }

    let bytes: [UInt8]
    /// Whether anything but space and comments was found.
    private(set) var foundCode = false
    private var position = 0

    init(_ sql: String) { bytes = Array(sql.utf8) }

    mutating func next() throws(StatementError) -> Token? {
        guard position < bytes.count else { return nil }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): try skipQuote()
        case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLine()
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipComment()
        case UInt8(ascii: ":"):
            if let name = parameterName() { return .parameter(name: name) }
        case UInt8(ascii: "?"): throw .positionalParameter(offset: start)
        case UInt8(ascii: "$") where peek(1).map(Self.isDigit) == true: throw .positionalParameter(offset: start)
        case UInt8(ascii: ";"):
            try expectNothingAfterSemicolon()
            return nil
        case let byte:
            if byte > UInt8(ascii: " ") { foundCode = true }
            position += 1
            // A name is skipped whole: the "$1" in "a$1" is no parameter.
            if Self.isNameStart(byte) { skipName() }
        }
        return .text(start..<position)
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func skipQuote() throws(StatementError) {
        foundCode = true
        let (start, quote) = (position, bytes[position])
        repeat {
            position += 1
            guard position < bytes.count else { throw .unterminatedQuote(offset: start) }
        } while bytes[position] != quote
        // A doubled quote starts the next "quote" at once, which gives the same text.
        position += 1
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func skipComment() throws(StatementError) {
        let start = position
        position += 2
        while !(peek(0) == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
            guard position < bytes.count else { throw .unterminatedComment(offset: start) }
            position += 1
        }
        position += 2
    }

    /// The name after a colon, or nil after having skipped `::` or a lone colon.
    private mutating func parameterName() -> String? {
        foundCode = true
        if peek(1) == UInt8(ascii: ":") { position += 2; return nil }
        guard let first = peek(1), Self.isNameStart(first) else { position += 1; return nil }
        let start = position + 1
        position = start
        skipName()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipName() {
        while let byte = peek(0), Self.isNameStart(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "$") { position += 1 }
    }

    private mutating func expectNothingAfterSemicolon() throws(StatementError) {
        position += 1
        var rest = StatementScanner(String(decoding: bytes[position...], as: UTF8.self))
        while case .text? = try rest.next(), !rest.foundCode {}
        if rest.foundCode || !rest.isAtEnd { throw .severalStatements(offset: position) }
    }

    private var isAtEnd: Bool { position >= bytes.count }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_") || byte >= 128
    }
}
