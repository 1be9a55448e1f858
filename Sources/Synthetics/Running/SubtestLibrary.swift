/// The checks that steps of others can play.
struct SubtestLibrary: Sendable {
    /// By public id.
    let checks: [String: Check]

    /// How deep tests may play tests that play tests, as at Datadog.
    static let depthLimit = 2

    init(_ entries: [CheckEntry]) {
        var checks: [String: Check] = [:]
        for case .check(let check) in entries { if let id = check.publicID { checks[id] = check } }
        self.checks = checks
    }

    /// Why a check cannot play what it wants to; goes on after "because". Nil when it can, and for most that play nothing.
    func obstacle(of check: Check) -> String? { obstacle(of: check, depth: 0) }

    private func obstacle(of check: Check, depth: Int) -> String? {
        for step in check.steps {
            guard case .subtest(let id) = step.action else { continue }
            guard let played = checks[id] else { return "its step \"\(step.name)\" plays the test \(id), whose definition is not here" }
            if played.browser != nil { return "its step \"\(step.name)\" plays the browser test \(id), for which API tests have no browser" }
            guard depth < Self.depthLimit else {
                return "its tests play each other more than \(Self.depthLimit) levels deep, which Datadog does not do either"
            }
            if let deeper = obstacle(of: played, depth: depth + 1) { return deeper }
        }
        return nil
    }
}
