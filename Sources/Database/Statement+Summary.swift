extension Statement {
    /// What the statement does, in capitals: `SELECT`, `INSERT`, `ALTER` ... A `WITH` in front is looked through.
    public var operation: String {
        let words = words
        guard let first = words.first else { return "" }
        guard first.isKeyword("WITH") else { return first.text.uppercased() }
        var depth = 0
        for word in words {
            if depth == 0, let verb = Self.verbs.first(where: word.isKeyword) { return verb }
            for byte in word { depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0 }
        }
        return "WITH"
    }

    private static let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE"]

    /// The first table that is named behind FROM, INTO, UPDATE or TABLE; empty when there is none.
    public var table: String {
        let words = words
        for (word, next) in zip(words, words.dropFirst()) where Self.introductions.contains(where: word.isKeyword) {
            let name = next.text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            if !name.isEmpty { return String(name) }
        }
        return ""
    }

    private static let introductions = ["FROM", "INTO", "UPDATE", "TABLE"]

    /// What stands between the white space of SQL, which is ASCII's.
    private var words: [Substring.UTF8View] { traceText.utf8.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) } }
}

extension Substring.UTF8View {
    /// - Parameter keyword: In capitals.
    fileprivate func isKeyword(_ keyword: String) -> Bool {
        count == keyword.utf8.count && zip(self, keyword.utf8).allSatisfy { $0 & 0xdf == $1 }
    }

    fileprivate var text: Substring { Substring(self) }
}
