import Base

/// Reads `*.synthetics.json` files: Datadog's test definitions and datadog-ci's configuration files.
///
/// Three forms: one definition, a list of definitions, or `{"tests": [...]}` whose entries are `{"id": ...}` (a test that exists only
/// at Datadog: reported as not available) or `{"localTestDefinition": {...}}`, each with optional `testOverrides`.
public enum CheckFile {
    /// - Throws: All mistakes of the file at once.
    public static func read(_ bytes: some Sequence<UInt8>, file: String) throws(Problems) -> [CheckEntry] {
        let document: JSONNode
        do { document = try JSONNode.parse(bytes, file: file) } catch { throw Problems([error]) }
        let mistakes = MistakeList()
        let entries = entries(of: document, mistakes)
        if !mistakes.list.isEmpty { throw Problems(mistakes.list) }
        return entries
    }

    private static func entries(of document: JSONNode, _ mistakes: MistakeList) -> [CheckEntry] {
        if let definitions = document.array {
            return definitions.enumerated().compactMap { DefinitionReader(mistakes).entry($1, at: "/\($0)") }
        }
        if document["tests"] != nil { return configured(document, mistakes) }
        if document.members == nil || document["config"] != nil || document["type"] != nil {
            return [DefinitionReader(mistakes).entry(document, at: "")].compactMap { $0 }
        }
        mistakes.add(
            "neither a test definition (\"type\", \"name\", \"config\") nor a list of \"tests\"", at: document.location, pointer: "")
        return []
    }

    private static func configured(_ document: JSONNode, _ mistakes: MistakeList) -> [CheckEntry] {
        guard let reader = ObjectReader(document, at: "", what: "a test configuration", names: ["$schema", "tests"], mistakes: mistakes) else {
            return []
        }
        return reader.list("tests").enumerated().compactMap { index, node in
            TestEntryReader(mistakes: mistakes).entry(node, at: "/tests/\(index)")
        }
    }
}
