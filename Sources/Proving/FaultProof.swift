import Base

/// What came out of switching one fault on and off.
public struct FaultProof: Sendable {
    public var name: String
    public var title: String
    /// Checks that failed while the fault was on.
    public var red: [String] = []
    /// Matches of each evidence query while the fault was on.
    public var evidence: [(query: String, matches: Int)] = []
    /// Everything that speaks against the fault's description; empty when it is proved.
    public var findings: [Finding] = []

    /// By the name of the check: where its requests were taken while the fault was on and off; empty when it was not asked.
    var footprints: [String: Set<Place>] = [:]

    public var isProved: Bool { findings.isEmpty }

    init(name: String, title: String) {
        self.name = name
        self.title = title
    }

    public var value: Value {
        .object([
            "name": .string(name), "title": .string(title), "proved": .bool(isProved), "red": .list(red.map { .string($0) }),
            "evidence": .list(evidence.map { .object(["query": .string($0.query), "matches": .int($0.matches)]) }),
            "findings": .list(findings.map { .string($0.description) }),
        ])
    }
}
