import Base
import HTTP

/// What happened to a check, in the shape of Datadog's API-test results.
enum ResultJSON {
    static func value(_ result: CheckResult) -> Value {
        var members: [(String, Value)] = [
            ("eventType", "finished"), ("subtype", .string(result.subtype)), ("passed", .bool(result.status == .passed)),
        ]
        if let failure = result.failure { members.append(("failure", value(failure))) }
        if let run = result.browser {
            members.removeAll { $0.0 == "subtype" }
            members += browserMembers(result, run)
        } else if result.isMultistep {
            members.append(("steps", .list(result.steps.map(step))))
        } else if let step = result.steps.first {
            members += self.members(of: step).filter { $0.0 != "failure" && $0.0 != "passed" }
        }
        return .record(Record(members))
    }

    private static func step(_ step: StepResult) -> Value {
        .record(Record([("name", .string(step.name)), ("subtype", .string(step.subtype))] + members(of: step)))
    }

    private static func members(of step: StepResult) -> [(String, Value)] {
        if step.status == .skipped { return [("skipped", true)] }
        var members: [(String, Value)] = [("passed", .bool(step.status == .passed)), ("action", .string(step.action))]
        members += step.observed
        if let timings = step.timings { members.append(("timings", value(timings))) }
        if step.allowsFailure { members.append(("allowFailure", true)) }
        if let failure = step.failure { members.append(("failure", value(failure))) }
        members.append(("assertionResults", .list(step.assertions.map(\.value))))
        if !step.substeps.isEmpty { members.append(("steps", .list(step.substeps.map(self.step)))) }
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
