/// Walks through the text of a query.
struct SeriesScanner {
    let text: [Character]
    var index = 0

    init(_ text: String) { self.text = Array(text) }

    var next: Character? { index < text.count ? text[index] : nil }

    var isAtEnd: Bool {
        var copy = self
        copy.skipSpace()
        return copy.next == nil
    }

    mutating func skipSpace() {
        while let next, next.isWhitespace { index += 1 }
    }

    mutating func take(_ character: Character) -> Bool {
        let start = index
        skipSpace()
        guard next == character else { index = start; return false }
        index += 1
        return true
    }

    mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = index
        while let next, isPart(next) { index += 1 }
        return String(text[start..<index])
    }

    mutating func takeOperator(_ wanted: [SeriesExpression.Operator]) -> SeriesExpression.Operator? {
        let start = index
        skipSpace()
        guard let next, let found = wanted.first(where: { $0.rawValue == String(next) }) else { index = start; return nil }
        index += 1
        return found
    }

    /// A word in upper or lower case that stands alone.
    mutating func takeKeyword(_ word: String) -> Bool {
        let start = index
        skipSpace()
        let end = index + word.count
        guard end <= text.count, String(text[index..<end]) == word || String(text[index..<end]) == word.uppercased(),
            end == text.count || text[end].isWhitespace || "(){},".contains(text[end])
        else { index = start; return false }
        index = end
        return true
    }

    /// Metrics and functions: letters, digits, `_` and dots.
    mutating func name() -> String {
        skipSpace()
        guard let next, next.isASCII, next.isLetter || next == "_" else { return "" }
        return take { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    }

    mutating func tagKey() -> String {
        skipSpace()
        return take { !$0.isWhitespace && !"{}(),:!".contains($0) }
    }

    /// Nil when no number begins here.
    mutating func number() throws(SeriesQueryError) -> Double? {
        skipSpace()
        let start = index
        let sign = next == "-" ? "-" : ""
        if !sign.isEmpty { index += 1 }
        guard let first = next, first.isASCII, first.isNumber || first == "." else { index = start; return nil }
        var digits = take { $0.isASCII && ($0.isNumber || $0 == ".") }
        if next == "e" || next == "E" {
            index += 1
            digits += "e"
            if let exponentSign = next, exponentSign == "-" || exponentSign == "+" {
                index += 1
                digits.append(exponentSign)
            }
            digits += take { $0.isASCII && $0.isNumber }
        }
        guard let number = Double(sign + digits), number.isFinite else {
            throw .syntax(text, at: start, rule: "number", hint: "Expected a number")
        }
        return number
    }

    func trimmed(from start: Int) -> String {
        var part = text[start..<index]
        while part.last?.isWhitespace == true { part.removeLast() }
        while part.first?.isWhitespace == true { part.removeFirst() }
        return String(part)
    }

    func error(_ rule: String, _ hint: String) -> SeriesQueryError {
        var copy = self
        copy.skipSpace()
        return .syntax(text, at: copy.index, rule: rule, hint: hint)
    }
}
