import Base
import HTTP

/// The run as JSON; each `result` has the shape of Datadog's API-test results.
public enum JSONReport {
    /// What `--json` prints.
    public static func document(_ report: RunReport) -> Value {
        let counts = report.counts
        var summary: [(String, Value)] = [
            ("passed", .int(counts.passed)), ("failed", .int(counts.failed)), ("failedNonBlocking", .int(counts.failedNonBlocking)),
            ("skipped", .int(counts.skipped)),
        ]
        for (name, count) in [("timedOut", counts.timedOut), ("criticalErrors", counts.criticalErrors), ("notFound", counts.missing)] where count > 0 {
            summary.append((name, .int(count)))
        }
        summary.append(("durationMilliseconds", .double(report.duration.milliseconds)))
        return .object([
            "pack": report.pack.map { .string($0) } ?? .null, "passed": .bool(report.passed), "summary": .record(Record(summary)),
            "results": .list(report.results.map(entry)),
        ])
    }

    private static func entry(_ result: CheckResult) -> Value {
        var members: [(String, Value)] = [
            ("test", test(result)), ("suite", .string(result.suite)), ("status", .string(statusName(result.status))),
            ("executionRule", .string(result.executionRule.rawValue)),
        ]
        if case .skipped(let reason) = result.status {
            members.append(("reason", .string(reason)))
            return .record(Record(members))
        }
        members += [
            ("passed", .bool(result.status == .passed)), ("attempts", .int(result.attempts)), ("maxAttempts", .int(result.attemptLimit)),
            ("durationMilliseconds", .double(result.duration.milliseconds)), ("timestamp", .string(result.finished.iso8601)),
            ("result", ResultJSON.value(result)),
        ]
        return .record(Record(members))
    }

    private static func test(_ result: CheckResult) -> Value {
        .object([
            "public_id": result.publicID.map { .string($0) } ?? .null, "name": .string(result.name), "type": .string(result.type),
            "subtype": .string(result.subtype), "tags": .list(result.tags.map { .string($0) }),
        ])
    }

    private static func statusName(_ status: CheckResult.Status) -> String {
        switch status {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }

    // MARK: datadog-ci's form

    /// What `--jsonReport` writes: every attempt, members as datadog-ci has them. `skipped`, which it does not have, tells what did not run.
    public static func file(_ report: RunReport) -> Value {
        let attempts = report.results.flatMap { $0.earlier + [$0] }
        let skipped = report.results.compactMap { result -> Value? in
            guard case .skipped(let reason) = result.status else { return nil }
            return .object(["reason": .string(reason), "suite": .string(result.suite), "test": test(result)])
        }
        return .object(["results": .list(attempts.compactMap { attempt($0, report.policy) }), "skipped": .list(skipped)])
    }

    private static func attempt(_ result: CheckResult, _ policy: RunPolicy) -> Value? {
        if case .skipped = result.status { return nil }
        var members: [(String, Value)] = [
            ("duration", .int(Int(ConsoleReport.milliseconds(result.duration)))), ("executionRule", .string(result.executionRule.rawValue)),
        ]
        if let first = result.earlier.first?.resultID { members.append(("initialResultId", .string(first))) }
        members += [
            ("isNonFinal", .bool(!result.isFinal)), ("location", .string(ConsoleReport.location)),
            ("passed", .bool(policy.outcome(of: result) == .passed)), ("result", ResultJSON.value(result)),
            ("resultId", .string(result.resultID ?? "")), ("retries", .int(max(0, result.attempts - 1))),
            ("maxRetries", .int(max(0, result.attemptLimit - 1))), ("test", test(result)), ("timedOut", .bool(result.timedOut)),
            ("timestamp", .int(Int(result.finished.milliseconds))),
        ]
        return .record(Record(members))
    }
}
