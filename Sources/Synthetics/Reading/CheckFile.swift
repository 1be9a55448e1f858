import Base

/// Reads `*.synthetics.json` files: Datadog's test definitions and datadog-ci's configuration files.
///
/// Three forms: one definition, a list of definitions, or `{"tests": [...]}` whose entries are `{"id": ...}` (a test that exists only
/// at Datadog: reported as not available) or `{"localTestDefinition": {...}}`, each with optional `testOverrides`.
public enum CheckFile {
    /// - Parameter defaults: An object of overrides for all checks, as `defaultTestOverrides` is.
    /// - Throws: All mistakes of the file at once.
    public static func read(_ bytes: some Sequence<UInt8>, file: String, defaults: JSONNode? = nil) throws(Problems) -> [CheckEntry] {
        let document: JSONNode
        do { document = try JSONNode.parse(bytes, file: file) } catch { throw Problems([error]) }
        let mistakes = MistakeList()
        let entries = entries(of: document, TestEntryReader(mistakes: mistakes, defaults: defaults))
        if !mistakes.list.isEmpty { throw Problems(mistakes.list) }
        return entries
    }

    private static func entries(of document: JSONNode, _ reader: TestEntryReader) -> [CheckEntry] {
        if let definitions = document.array {
            return definitions.enumerated().compactMap { reader.definition($1, at: "/\($0)") }
        }
        if document["tests"] != nil { return configured(document, reader) }
        if document.members == nil || document["config"] != nil || document["type"] != nil {
            return [reader.definition(document, at: "")].compactMap { $0 }
        }
        reader.mistakes.add(
            "neither a test definition (\"type\", \"name\", \"config\") nor a list of \"tests\"", at: document.location, pointer: "")
        return []
    }

    private static func configured(_ document: JSONNode, _ entries: TestEntryReader) -> [CheckEntry] {
        guard
            let reader = ObjectReader(
                document, at: "", what: "a test configuration", names: ["$schema", "tests"], unknown: .refusedWhenNear, mistakes: entries.mistakes)
        else { return [] }
        return reader.list("tests").enumerated().compactMap { entries.entry($1, at: "/tests/\($0)") }
    }
}
