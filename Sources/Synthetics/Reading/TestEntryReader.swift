import Base

/// Reads one entry of `{"tests": [...]}`.
struct TestEntryReader {
    let mistakes: MistakeList
    /// What all checks of the run are changed by; an entry's own overrides replace it key by key.
    var defaults: JSONNode?

    func entry(_ node: JSONNode, at pointer: String) -> CheckEntry? {
        // "config" is what releases before 3.0 call the overrides.
        let names = ["config", "id", "localTestDefinition", "suite", "testOverrides", "version"]
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "an entry of \"tests\"", names: names, unknown: .refusedWhenNear, mistakes: mistakes)
        else { return nil }
        if let definition = reader["localTestDefinition"] {
            return self.definition(definition, at: reader.path("localTestDefinition"), overrides: overrides(reader))
        }
        guard reader["id"] != nil else { reader.missing("localTestDefinition", " (or \"id\")"); return nil }
        return remote(reader)
    }

    /// A definition that stands by itself, or in an entry with overrides.
    func definition(_ node: JSONNode, at pointer: String, overrides: TestOverrides? = nil) -> CheckEntry? {
        let entry = DefinitionReader(mistakes).entry(node, at: pointer)
        let overrides = overrides ?? defaults.map { OverrideReader.read($0, at: "", called: "the overrides", mistakes: mistakes) }
        guard case .check(var check)? = entry, let overrides else { return entry }
        overrides.apply(to: &check)
        return .check(check)
    }

    private func overrides(_ reader: ObjectReader) -> TestOverrides {
        let name = reader["testOverrides"] == nil && reader["config"] != nil ? "config" : "testOverrides"
        let own = reader[name]
        let merged = Self.replacing(defaults, with: own) ?? OverrideNode.empty
        return OverrideReader.read(merged, at: reader.path(name), called: "\"\(name)\"", mistakes: mistakes)
    }

    /// Key by key, not deeper: headers of an entry replace all headers of the defaults.
    private static func replacing(_ defaults: JSONNode?, with own: JSONNode?) -> JSONNode? {
        guard let own, let changes = own.members else { return own ?? defaults }
        let kept = defaults?.members?.filter { member in !changes.contains { $0.name == member.name } } ?? []
        return JSONNode(.object(kept + changes), at: own.location)
    }

    private func remote(_ reader: ObjectReader) -> CheckEntry? {
        guard let text = reader.string("id") else { return nil }
        guard let id = PublicID.find(in: text) else {
            reader.note("\"\(text)\" holds no public id such as \"abc-def-ghi\"", at: "id")
            return nil
        }
        return .unavailable(.missing(id, file: reader.node.location.file, overrides: overrides(reader)))
    }
}

extension CheckEntry.Unavailable {
    /// A test of which nothing but the id is known.
    static func missing(_ id: String, file: String, overrides: TestOverrides = TestOverrides()) -> Self {
        Self(
            publicID: id, name: "", tags: [], file: file,
            reason: "it exists only at Datadog; \"datadog-ci synthetics import-tests -p \(id)\" writes it into a file that runs here", isMissing: true,
            overrides: overrides)
    }
}
