import Base

extension Snippet {
    /// HTML from a file of the pack or of the user.
    ///
    /// `{{NAME}}` stands for a value, escaped so that it is safe inside a JavaScript string in quotes.
    ///
    /// - Parameter file: For messages.
    /// - Throws: `Problem` for a name without a value and for braces that are not closed.
    public static func template(_ text: String, file: String, values: [String: String]) throws(Problem) -> Snippet {
        var html = ""
        var line = 1
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            html += rest[..<open.lowerBound]
            line += rest[..<open.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") }
            let place = SourceLocation(file: file, line: line, column: 1)
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { throw Problem("\"{{\" is not closed", at: place) }
            let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
            guard let value = values[name] else {
                throw Problem("no value is named \"\(name)\"" + suggestion(for: name, among: values.keys), at: place)
            }
            html += ScriptText.escaped(value)
            rest = rest[close.upperBound...]
        }
        html += rest
        // The whole text marks a page that has it already; the first line that says something is enough and needs no long buffer.
        let marker = html.split(separator: "\n").first { $0.count > 20 } ?? html[...]
        return Snippet(html.isEmpty ? [] : [.html(html)], marker: String(marker))
    }
}
