import Base

/// Which of the checks that were found are to run.
struct CheckSelection {
    private let publicIDs: [String]?
    private let searches: [String]?
    private let isFromFiles: Bool

    /// - Parameter isFromFiles: False when the running host gave them: a search is then what reports call their suite, as in datadog-ci.
    init(_ settings: RunSettings, isFromFiles: Bool) {
        // A version behind the id pins one at Datadog; here there is one only.
        publicIDs = settings.publicIDs?.map { String($0.prefix { $0 != "@" }) }
        searches = settings.searches
        self.isFromFiles = isFromFiles
    }

    func entries(of library: [CheckEntry]) throws(CommandError) -> [CheckEntry] {
        if let publicIDs { return try entries(named: publicIDs, of: library) }
        guard !library.isEmpty else { throw .nothingToRun("there are no checks to run") }
        guard let searches else { return library }
        return try entries(found: searches, in: library)
    }

    private func entries(named ids: [String], of library: [CheckEntry]) throws(CommandError) -> [CheckEntry] {
        var found: [CheckEntry] = []
        for text in ids {
            guard let id = PublicID.find(in: text) else { throw CommandError("\"\(text)\" holds no public id such as \"abc-def-ghi\"") }
            let fitting = library.filter { $0.publicID == id }
            found += fitting.isEmpty ? [.unavailable(.missing(id, file: ""))] : fitting
        }
        return found
    }

    private func entries(found searches: [String], in library: [CheckEntry]) throws(CommandError) -> [CheckEntry] {
        let queries = searches.map { SearchQuery($0) }
        let chosen = library.compactMap { entry -> CheckEntry? in
            guard let query = queries.first(where: { $0.matches(entry) }) else { return nil }
            var entry = entry
            if !isFromFiles { entry.suite = "Query: \(query.text)" }
            return entry
        }
        guard chosen.isEmpty else { return chosen }
        throw .nothingToRun("no check fits the search \"\(searches[0])\"\(queries[0].suggestion(among: library))")
    }
}
