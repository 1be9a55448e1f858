extension Statement {
    /// What the statement does, in capitals: `SELECT`, `INSERT`, `ALTER` ... A `WITH` in front is looked through.
    public var operation: String {
        let first = words.first?.uppercased() ?? ""
        guard first == "WITH" else { return first }
        let verbs: Set<String> = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        var depth = 0
        for word in words {
            if depth == 0, verbs.contains(word.uppercased()) { return word.uppercased() }
            depth += word.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : $1 == UInt8(ascii: ")") ? -1 : 0) }
        }
        return first
    }

    /// The first table that is named behind FROM, INTO, UPDATE or TABLE; empty when there is none.
    public var table: String {
        let words = words
        for (index, word) in words.enumerated().dropLast() where ["FROM", "INTO", "UPDATE", "TABLE"].contains(word.uppercased()) {
            let name = words[index + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            if !name.isEmpty { return String(name) }
        }
        return ""
    }

    private var words: [Substring] { traceText.split(whereSeparator: \.isWhitespace) }
}
