import Base

/// What the checks say of a shop as a state opens it.
public struct StateProof: Sendable {
    public var name: String
    public var title: String
    /// Checks that must fail: those of the state's faults.
    public var expected: [String]
    public var red: [String] = []
    /// Checks that were not run: they need telemetry which the state does not record, or a browser, which simulated time does not have.
    public var unasked: [String] = []
    /// Empty when exactly the expected checks fail.
    public var findings: [Finding] = []

    public var isProved: Bool { findings.isEmpty }

    init(name: String, title: String, expected: [String]) {
        self.name = name
        self.title = title
        self.expected = expected
    }

    public var value: Value {
        .object([
            "name": .string(name), "title": .string(title), "proved": .bool(isProved), "expected": .list(expected.map { .string($0) }),
            "red": .list(red.map { .string($0) }), "unasked": .list(unasked.map { .string($0) }),
            "findings": .list(findings.map { .string($0.description) }),
        ])
    }
}
