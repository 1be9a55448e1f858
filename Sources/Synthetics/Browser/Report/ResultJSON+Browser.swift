import Base

extension ResultJSON {
    /// As Datadog's results of browser tests have it.
    static func browserMembers(_ result: CheckResult, _ run: BrowserRun) -> [(String, Value)] {
        let device = Value.object([
            "id": .string(run.device.id), "browser": .string(run.device.browser.rawValue), "width": .int(run.device.width), "height": .int(run.device.height),
        ])
        return [
            ("startUrl", .string(result.steps.first?.browser?.value ?? run.startURL)), ("device", device),
            ("stepDetails", .list(result.steps.enumerated().map { .record(Record(stepDetail($1, number: $0))) })),
        ]
    }

    /// - Parameter number: The implicit first step has the id -1.
    private static func stepDetail(_ step: StepResult, number: Int) -> [(String, Value)] {
        var members: [(String, Value)] = [
            ("stepId", .int(number == 0 ? -1 : number)), ("description", .string(step.name)),
            ("type", .string(step.browser?.type ?? (step.status == .skipped ? "" : "runApiTest"))),
            ("skipped", .bool(step.status == .skipped)),
        ]
        if step.status == .skipped { return members.filter { $0.0 != "type" } }
        members += [
            ("passed", .bool(step.status == .passed)), ("allowFailure", .bool(step.allowsFailure)),
            ("duration", .double(step.duration.milliseconds)), ("value", .string(step.browser?.value ?? step.action)),
        ]
        if let url = step.browser?.url { members.append(("url", .string(url))) }
        if let failure = step.failure {
            members += [("error", .string(failure.message)), ("code", .string(failure.code.rawValue))]
        }
        let complaints = (step.browser?.complaints ?? []).map { complaint -> Value in
            .object(["type": .string(complaint.kind.rawValue), "description": .string(complaint.text)])
        }
        members.append(("browserErrors", .list(complaints)))
        if let file = step.browser?.screenshot?.file { members.append(("screenshot", .string(file))) }
        return members
    }
}
