import Base
import HTTP

/// The run as one JSON document; each `result` has the shape of Datadog's API-test results.
public enum JSONReport {
    public static func document(_ report: RunReport) -> Value {
        let counts = report.counts
        let summary = Value.object([
            "passed": .int(counts.passed), "failed": .int(counts.failed), "failedNonBlocking": .int(counts.failedNonBlocking),
            "skipped": .int(counts.skipped), "durationMilliseconds": .double(report.duration.milliseconds),
        ])
        return .object([
            "pack": report.pack.map { .string($0) } ?? .null, "passed": .bool(report.passed), "summary": summary,
            "results": .list(report.results.map(entry)),
        ])
    }

    private static func entry(_ result: CheckResult) -> Value {
        var members: [(String, Value)] = [
            ("test", test(result)), ("suite", .string(result.suite)), ("status", .string(statusName(result.status))),
            ("executionRule", .string(result.isBlocking ? "blocking" : "non_blocking")),
        ]
        if case .skipped(let reason) = result.status {
            members.append(("reason", .string(reason)))
            return .record(Record(members))
        }
        members += [
            ("passed", .bool(result.status == .passed)), ("attempts", .int(result.attempts)), ("maxAttempts", .int(result.attemptLimit)),
            ("durationMilliseconds", .double(result.duration.milliseconds)), ("timestamp", .string(result.finished.iso8601)),
            ("result", outcome(result)),
        ]
        return .record(Record(members))
    }

    private static func test(_ result: CheckResult) -> Value {
        .object([
            "public_id": result.publicID.map { .string($0) } ?? .null, "name": .string(result.name), "type": .string(result.browser == nil ? "api" : "browser"),
            "subtype": result.browser != nil ? .null : result.isMultistep ? "multi" : "http", "tags": .list(result.tags.map { .string($0) }),
        ])
    }

    private static func statusName(_ status: CheckResult.Status) -> String {
        switch status {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }

    private static func outcome(_ result: CheckResult) -> Value {
        var members: [(String, Value)] = [
            ("eventType", "finished"), ("subtype", result.isMultistep ? "multi" : "http"), ("passed", .bool(result.status == .passed)),
        ]
        if let failure = result.failure { members.append(("failure", value(failure))) }
        if let run = result.browser {
            members.removeAll { $0.0 == "subtype" }
            members += browserMembers(result, run)
        } else if result.isMultistep {
            members.append(("steps", .list(result.steps.map { .record(Record([("name", .string($0.name))] + stepMembers($0))) })))
        } else if let step = result.steps.first {
            members += stepMembers(step).filter { $0.0 != "failure" && $0.0 != "passed" }
        }
        return .record(Record(members))
    }

    private static func stepMembers(_ step: StepResult) -> [(String, Value)] {
        if step.status == .skipped { return [("skipped", true)] }
        var members: [(String, Value)] = [("passed", .bool(step.status == .passed)), ("action", .string(step.action))]
        if let status = step.httpStatus { members.append(("httpStatusCode", .int(status))) }
        if let size = step.responseBytes { members.append(("responseSize", .int(size))) }
        if let timings = step.timings { members.append(("timings", value(timings))) }
        if let failure = step.failure { members.append(("failure", value(failure))) }
        members.append(("assertionResults", .list(step.assertions.map(\.value))))
        return members
    }

    private static func value(_ failure: CheckFailure) -> Value {
        .object(["code": .string(failure.code.rawValue), "message": .string(failure.message)])
    }

    /// Milliseconds.
    private static func value(_ timings: ClientResponse.Timings) -> Value {
        .object([
            "dns": .double(timings.dns.milliseconds), "tcp": .double(timings.connect.milliseconds), "ssl": .double(timings.tls.milliseconds),
            "firstByte": .double(timings.firstByte.milliseconds), "download": .double(timings.download.milliseconds),
            "redirect": .double(timings.redirect.milliseconds), "total": .double(timings.total.milliseconds),
        ])
    }
}
