import Base

/// One check as a `testcase`.
struct JUnitCase {
    private let result: CheckResult
    private let outcome: RunPolicy.Outcome

    init(_ result: CheckResult, _ policy: RunPolicy) {
        self.result = result
        outcome = policy.outcome(of: result)
    }

    var element: XMLElement {
        let skipReason: String? = if case .skipped(let reason) = result.status { reason } else { nil }
        var element = XMLElement(name: "testcase", attributes: attributes(isSkipped: skipReason != nil) + stepCounts)
        let errors = problems
        // The order that datadog-ci's readers know: alphabetical by element.
        element.children = errors.filter { $0.name == "allowed_error" } + errors.filter { $0.name != "allowed_error" }
        element.children.append(XMLElement(name: "properties", children: properties(isSkipped: skipReason != nil)))
        if let skipReason {
            let rule = "of its execution rule configuration in Datadog"
            let why = skipReason == Runner.skippedByDefinition || skipReason == Runner.skippedByOverride ? rule : skipReason
            element.children.append(XMLElement(name: "skipped", text: "This test was skipped because \(why)"))
        }
        return element
    }

    private func attributes(isSkipped: Bool) -> [(String, String)] {
        var name = "\(result.name.isEmpty ? result.label : result.name) - id: \(result.label)"
        if isSkipped { name += " (skipped)" } else { name += " - location: \(ConsoleReport.location)" }
        if let device = result.browser?.device, !isSkipped { name += " - device: \(device.id)" }
        if result.timedOut { name += " - result id: \(result.resultID ?? "") (not yet received)" }
        let milliseconds = isSkipped ? 0 : ConsoleReport.milliseconds(result.duration)
        return [
            ("classname", result.suite), ("file", result.suite), ("name", name), ("time", Value.double(Double(milliseconds) / 1_000).shortText),
            ("timestamp", result.finished.iso8601),
        ]
    }

    private var stepCounts: [(String, String)] {
        let steps = result.steps
        let failed = "\(steps.count { $0.status == .failed })"
        return [
            ("steps_allowfailures", "\(steps.count(where: \.allowsFailure))"), ("steps_count", "\(steps.count)"), ("steps_errors", failed),
            ("steps_failures", failed), ("steps_skipped", "\(steps.count { $0.status == .skipped })"), ("steps_warnings", "0"),
        ]
    }

    // MARK: What went wrong

    private var problems: [XMLElement] {
        let name = result.isBlocking ? "failure" : "error"
        var found = result.browser == nil ? result.steps.compactMap { problem($0, name) } : Self.browserProblems(result)
        if result.timedOut {
            found.append(XMLElement(name: name, attributes: [("type", "timeout")], text: result.ownFailure?.message ?? CheckRun.timeoutMessage))
        } else if !found.contains(where: { $0.name == name }), let failure = result.failure {
            // A step that may fail, but is critical, failed the check.
            found.append(
                XMLElement(name: name, attributes: [("type", "test_failure")], text: "[\(failure.code.rawValue)] - \(failure.message)"))
        }
        return found
    }

    private func problem(_ step: StepResult, _ name: String) -> XMLElement? {
        guard let failure = step.failure else { return nil }
        var attributes = [("type", failure.code.rawValue), ("step", step.name)]
        if result.isMultistep { attributes.append(("allowFailure", "\(step.allowsFailure)")) }
        let text = StepLines.explanation(failure, step, indent: "").enumerated().map { $0 == 0 ? $1 : "  \($1)" }.joined(separator: "\n")
        return XMLElement(name: step.allowsFailure ? "allowed_error" : name, attributes: attributes, text: text)
    }

    // MARK: Properties

    private func properties(isSkipped: Bool) -> [XMLElement] {
        var list: [(String, String?)] = [("check_id", result.label), ("execution_rule", result.ownExecutionRule?.rawValue)]
        if !isSkipped { list.append(("location", ConsoleReport.location)) }
        if !isSkipped { list += result.browser.map(Self.browserProperties) ?? [] }
        list += [("message", result.message), ("monitor_id", result.monitorID.map { "\($0)" })]
        if !isSkipped { list.append(("passed", "\(outcome == .passed)")) }
        list.append(("public_id", result.label))
        if !isSkipped {
            list += [
                ("result_id", result.resultID), ("initial_result_id", result.earlier.first?.resultID), ("retries", "\(max(0, result.attempts - 1))"),
                ("max_retries", "\(max(0, result.attemptLimit - 1))"),
                // FIDELITY: the text that datadog-ci writes for tests without a start URL.
                ("start_url", result.browser?.startURL ?? "false"),
            ]
        }
        list += [("status", result.definitionStatus?.rawValue), ("tags", result.tags.joined(separator: ","))]
        if !isSkipped { list.append(("timeout", "\(result.timedOut)")) }
        list.append(("type", result.type))
        return list.compactMap { name, value in value.map { XMLElement(name: "property", attributes: [("name", name), ("value", $0)]) } }
    }
}
