import Packs

/// Which checks must fail while some faults are on.
struct Expectation: Sendable {
    /// In the order of the pack's checks.
    let failing: [String]
    /// They may fail or pass: it depends on the moment when they ask, or another fault hides what makes them fail.
    private let uncertain: Set<String>

    /// - Parameter faults: Those that are on together; none for a healthy shop.
    init(checks: [String], faults: [FaultDefinition]) {
        var names = Set(faults.flatMap(\.proof.red))
        var masked: Set<String> = []
        for fault in faults {
            for other in faults {
                names.formUnion(fault.proof.together[other.name] ?? [])
                masked.formUnion(fault.proof.masked[other.name] ?? [])
            }
        }
        names.subtract(masked)
        failing = checks.filter(names.contains)
        uncertain = masked.union(faults.flatMap(\.proof.sometimes)).subtracting(names)
    }

    /// Everything in which the verdict differs.
    func findings(_ verdict: Bench.Verdict, _ phase: Phase) -> [Finding] {
        let surprises = verdict.red.filter { !failing.contains($0) && !uncertain.contains($0) }
        return surprises.map { .red(check: $0, phase: phase, reason: verdict.reasons[$0] ?? "") }
            + failing.filter { !verdict.red.contains($0) }.map { .green(check: $0, phase: phase) }
    }
}
