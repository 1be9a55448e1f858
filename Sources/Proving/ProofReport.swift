import Base

/// The proofs of all faults and states of a pack.
public struct ProofReport: Sendable {
    public var pack: String
    /// In the order of the pack's files.
    public var faults: [FaultProof]
    public var states: [StateProof]
    /// Every two faults that can be on together.
    public var pairs: [PairProof]

    public var passed: Int { faults.count(where: \.isProved) + states.count(where: \.isProved) + pairs.count(where: \.isProved) }
    public var failed: Int { faults.count + states.count + pairs.count - passed }
    public var isProved: Bool { failed == 0 }

    public var value: Value {
        .object([
            "pack": .string(pack), "faults": .list(faults.map(\.value)), "states": .list(states.map(\.value)), "pairs": .list(pairs.map(\.value)),
            "passed": .int(passed), "failed": .int(failed),
        ])
    }

    /// A table for people; the last line is `N passed, N failed`. Of the pairs, which are many, it lists those that failed.
    public var text: String {
        var rows: [Row] = faults.map { Row("fault", $0.name, $0.isProved, $0.red, $0.findings) }
        rows += states.map { Row("state", $0.name, $0.isProved, $0.red, $0.findings) }
        rows += pairs.filter { !$0.isProved }.map { Row("pair ", $0.name, false, $0.red, $0.findings) }
        let width = rows.map(\.name.count).max() ?? 0
        let lines = rows.flatMap { $0.lines(width: width) }
        return (["\(pack):"] + lines + (pairs.isEmpty ? [] : [pairLine]) + ["\(passed) passed, \(failed) failed"]).joined(separator: "\n") + "\n"
    }

    private var pairLine: String {
        let asked = pairs.reduce(0) { $0 + $1.asked }
        return "  pairs  \(pairs.count(where: \.isProved)) of \(pairs.count) combinations of two faults fail exactly the checks of both (\(asked) checks asked)"
    }

    private struct Row {
        var kind: String
        var name: String
        var isProved: Bool
        var red: [String]
        var findings: [Finding]

        init(_ kind: String, _ name: String, _ isProved: Bool, _ red: [String], _ findings: [Finding]) {
            self.kind = kind
            self.name = name
            self.isProved = isProved
            self.red = red
            self.findings = findings
        }

        func lines(width: Int) -> [String] {
            let padding = String(repeating: " ", count: width - name.count)
            let reds = red.isEmpty ? "all checks green" : "red: " + red.joined(separator: ", ")
            return ["  \(kind)  \(name)\(padding)  \(isProved ? "passed" : "FAILED")  \(reds)"] + findings.map { "           \($0)" }
        }
    }
}
