/// Why a query over metrics cannot be answered, in the words of Datadog's parser and with a hint behind.
public struct SeriesQueryError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String
    /// From 1.
    public var line: Int
    public var column: Int

    /// - Parameters:
    ///   - rule: What was being read, by the name that Datadog's grammar has for it.
    ///   - hint: What to write instead; a sentence without its full stop.
    static func syntax(_ text: [Character], at offset: Int, rule: String, hint: String) -> SeriesQueryError {
        let place = Place(text, offset)
        let rest = String(text[min(offset, text.count)...])
        return SeriesQueryError(
            message: "unable to parse \(String(text)): Rule '\(rule)' didn't match at '\(rest)' (line \(place.line), column \(place.column)). \(hint)",
            line: place.line, column: place.column)
    }

    /// A query that can be read but means nothing.
    static func meaning(_ message: String, _ text: [Character], at offset: Int) -> SeriesQueryError {
        let place = Place(text, offset)
        return SeriesQueryError(message: "\(message) (line \(place.line), column \(place.column))", line: place.line, column: place.column)
    }

    public var description: String { "Error parsing query: \(message)" }

    private struct Place {
        var line = 1
        var column = 1

        init(_ text: [Character], _ offset: Int) {
            for character in text.prefix(offset) {
                if character.isNewline { (line, column) = (line + 1, 1) } else { column += 1 }
            }
        }
    }
}
