import Base

/// Reads expressions of probes, which have no `{{ NAME }}` places inside.
enum ProbeExpressionReader {
    static func path(_ reader: ObjectReader, _ name: String) -> JSONPath? {
        let text = reader.requiredString(name)
        if text.isEmpty { return nil }
        do { return try JSONPath(text) } catch {
            reader.note("\"\(text)\" is not a JSON path: column \(error.column): \(error.reason)", at: name)
            return nil
        }
    }

    /// A regular expression, checked; empty when it is missing.
    static func pattern(_ reader: ObjectReader, _ name: String) -> String {
        let text = reader.requiredString(name)
        if text.isEmpty { return text }
        do { _ = try Pattern(text) } catch {
            reader.note("\"\(text)\" is not a regular expression: \(error.reason)", at: name)
        }
        return text
    }
}
