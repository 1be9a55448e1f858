/// A statement cut into literal text and parameters.
struct ParsedStatement {
    struct Parameter {
        let name: String
        /// From 1; all places with the same name share it.
        let number: Int
    }

    private enum Piece {
        case text(String)
        case parameter(Parameter)
    }

    private var pieces: [Piece] = []
    private(set) var parameters: [String] = []

    init(_ sql: String) throws(StatementError) {
        var scanner = StatementScanner(sql)
        var literal: [UInt8] = []
        while let token = try scanner.next() {
            guard case .parameter(let name) = token else {
                if case .text(let range) = token { literal += scanner.bytes[range] }
                continue
            }
            flush(&literal)
            pieces.append(.parameter(Parameter(name: name, number: number(of: name))))
        }
        while let last = literal.last, last <= UInt8(ascii: " ") { literal.removeLast() }
        flush(&literal)
        if !scanner.foundCode { throw .empty }
    }

    private mutating func flush(_ literal: inout [UInt8]) {
        if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
        literal.removeAll()
    }

    private mutating func number(of name: String) -> Int {
        if let index = parameters.firstIndex(of: name) { return index + 1 }
        parameters.append(name)
        return parameters.count
    }

    func text(_ write: (Parameter) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .parameter(let parameter): write(parameter)
            }
        }.joined()
    }

    /// Without a trailing locking clause: `FOR UPDATE`, `FOR SHARE`, with or without `NOWAIT` or `SKIP LOCKED`.
    func textWithoutRowLock(_ write: (Parameter) -> String) -> String {
        let whole = text(write)
        var kept = whole[...]
        var word = Self.removeLastWord(&kept)
        if word == "LOCKED" { word = Self.removeLastWord(&kept) == "SKIP" ? Self.removeLastWord(&kept) : "" }
        if word == "NOWAIT" { word = Self.removeLastWord(&kept) }
        guard word == "UPDATE" || word == "SHARE", Self.removeLastWord(&kept) == "FOR" else { return whole }
        return String(kept)
    }

    /// In capitals; what is left ends without space. Looks from the end, because statements are long and few end with such a clause.
    private static func removeLastWord(_ text: inout Substring) -> String {
        let start = text.lastIndex(where: \.isWhitespace).map { text.index(after: $0) } ?? text.startIndex
        let word = text[start...].uppercased()
        text = text[..<start]
        while text.last?.isWhitespace == true { text.removeLast() }
        return word
    }
}
