import Base

/// Reads a file of a pack's folder `probes`.
///
/// ```json
/// {
///   "description": "The discounts, with prices that nobody could know.",
///   "variables": { "CODE": "{{ alphabetic(8) }}" },
///   "given": [{ "database": "postgres", "sql": "UPDATE discount SET code = '{{ CODE }}' WHERE id = 1" }],
///   "visits": [
///     {
///       "name": "Whoever reads the list",
///       "steps": [
///         {
///           "name": "lists the discounts",
///           "request": { "method": "GET", "url": "{{ DISCOUNTS_URL }}/discount" },
///           "values": [{ "name": "codes", "json": "$[*].code", "order": "any" }]
///         }
///       ]
///     }
///   ]
/// }
/// ```
public struct ProbeReader {
    private let mistakes = MistakeList()
    private let file: String

    private init(file: String) { self.file = file }

    /// - Throws: All mistakes of the file at once.
    public static func read(_ bytes: some Sequence<UInt8>, file: String) throws(Problems) -> Probe {
        let document: JSONNode
        do { document = try JSONNode.parse(bytes, file: file) } catch { throw Problems([error]) }
        let reader = ProbeReader(file: file)
        let probe = reader.probe(document)
        if !reader.mistakes.list.isEmpty { throw Problems(reader.mistakes.list) }
        // Without a probe there is a mistake.
        return probe!
    }

    static let names = ["$schema", "chances", "description", "given", "variables", "visits"]
    static let visitNames = ["name", "steps"]
    static let queryNames = ["database", "note", "sql"]

    private func probe(_ node: JSONNode) -> Probe? {
        guard let reader = ObjectReader(node, at: "", what: "a probe", names: Self.names, mistakes: mistakes) else { return nil }
        let given = reader.list("given").enumerated().compactMap { Self.query($1, at: "/given/\($0)", mistakes) }
        let visits = reader.list("visits")
        if visits.isEmpty { reader.missing("visits", ": at least one is needed") }
        return Probe(
            file: file, description: reader.requiredString("description"),
            variables: reader.texts("variables").map { ConfigVariable(name: $0.name, pattern: $0.value) },
            chances: reader.choice("chances", Probe.Chances.self) ?? .drawn, given: given,
            visits: visits.enumerated().compactMap { visit($1, at: "/visits/\($0)") })
    }

    private func visit(_ node: JSONNode, at pointer: String) -> ProbeVisit? {
        guard let reader = ObjectReader(node, at: pointer, what: "a visit", names: Self.visitNames, mistakes: mistakes) else { return nil }
        let steps = reader.list("steps")
        if steps.isEmpty { reader.missing("steps", ": at least one is needed") }
        return ProbeVisit(
            name: reader.requiredString("name"),
            steps: steps.enumerated().compactMap { ProbeStepReader(mistakes).step($1, at: "\(reader.path("steps"))/\($0)") })
    }

    static func query(_ node: JSONNode, at pointer: String, _ mistakes: MistakeList) -> ProbeQuery? {
        guard let reader = ObjectReader(node, at: pointer, what: "a query", names: queryNames, mistakes: mistakes) else { return nil }
        return ProbeQuery(database: reader.requiredString("database"), sql: reader.requiredString("sql"), location: node.location)
    }
}
