import Base

/// What the checks say of a shop with two faults on at once.
public struct PairProof: Sendable {
    public var first: String
    public var second: String
    /// Checks that must fail: those of either fault.
    public var expected: [String]
    public var red: [String] = []
    /// How many checks were asked with both on; of the others it is known from each fault alone what they do.
    public var asked = 0
    /// Empty when exactly the expected checks fail.
    public var findings: [Finding] = []

    public var isProved: Bool { findings.isEmpty }
    public var name: String { "\(first) + \(second)" }

    init(first: String, second: String, expected: [String]) {
        self.first = first
        self.second = second
        self.expected = expected
    }

    public var value: Value {
        .object([
            "faults": .list([.string(first), .string(second)]), "proved": .bool(isProved), "red": .list(red.map { .string($0) }), "asked": .int(asked),
            "findings": .list(findings.map { .string($0.description) }),
        ])
    }
}
