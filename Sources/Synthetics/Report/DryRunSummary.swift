import Base

/// What a run would do.
struct DryRunSummary {
    private let announced: [CheckResult]
    private let settings: RunSettings

    init(_ announced: [CheckResult], _ settings: RunSettings) {
        self.announced = announced
        self.settings = settings
    }

    private var skipped: Int { announced.count { if case .skipped = $0.status { true } else { false } } }

    /// datadog-ci's lines.
    var text: String {
        let keys = settings.overrides?.members?.map(\.name) ?? []
        let policy = settings.policy
        var lines = ["Dry Run Summary:", "• Would trigger \(ConsoleReport.counted(announced.count - skipped, "test"))"]
        if skipped > 0 { lines.append("• \(skipped) skipped") }
        if !keys.isEmpty { lines.append("• Default overrides applied to all tests: \(keys.joined(separator: ", "))") }
        lines += [
            "• Fail on timeout: \(policy.failsOnTimeout)", "• Fail on missing tests: \(policy.failsOnMissingTests)",
            "• Fail on critical errors: \(policy.failsOnCriticalErrors)",
            "• Batch timeout: \(ConsoleReport.milliseconds(settings.batchTimeout ?? RunSettings.defaultBatchTimeout))ms",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    var json: String {
        let tests = announced.map { result -> Value in
            var members: [(String, Value)] = [
                ("public_id", result.publicID.map { .string($0) } ?? .null), ("name", .string(result.name)), ("suite", .string(result.suite)),
                ("tags", .list(result.tags.map { .string($0) })), ("executionRule", .string(result.executionRule.rawValue)),
            ]
            if case .skipped(let reason) = result.status { members.append(("skipped", .string(reason))) }
            return .record(Record(members))
        }
        return Value.object(["tests": .list(tests)]).json(.pretty)
    }
}
