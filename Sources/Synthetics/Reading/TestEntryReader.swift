import Base

/// Reads one entry of `{"tests": [...]}`.
struct TestEntryReader {
    let mistakes: MistakeList

    func entry(_ node: JSONNode, at pointer: String) -> CheckEntry? {
        let names = ["id", "localTestDefinition", "suite", "testOverrides", "version"]
        guard let reader = ObjectReader(node, at: pointer, what: "an entry of \"tests\"", names: names, mistakes: mistakes) else { return nil }
        if let definition = reader["localTestDefinition"] {
            let entry = DefinitionReader(mistakes).entry(definition, at: reader.path("localTestDefinition"))
            guard case .check(var check)? = entry else { return entry }
            OverrideReader(reader)?.apply(to: &check)
            return .check(check)
        }
        guard reader["id"] != nil else { reader.missing("localTestDefinition", " (or \"id\")"); return nil }
        return remote(reader)
    }

    private func remote(_ reader: ObjectReader) -> CheckEntry? {
        guard let text = reader.string("id") else { return nil }
        guard let id = Self.publicID(in: text) else {
            reader.note("\"\(text)\" holds no public id such as \"abc-def-ghi\"", at: "id")
            return nil
        }
        let reason = "exists only at Datadog; write it down with \"datadog-ci synthetics import-tests -p \(id)\" to run it here"
        return .unavailable(CheckEntry.Unavailable(publicID: id, name: "", tags: [], file: reader.node.location.file, reason: reason))
    }

    /// The first public id in a text, which may be the URL of the test.
    static func publicID(in text: String) -> String? {
        try? Pattern("[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}").extract(from: text)
    }
}
