import Base

/// What a report says about the steps of a check: one request, or several with what went wrong.
struct StepLines {
    private let paint: Paint

    init(_ paint: Paint) { self.paint = paint }

    func lines(of result: CheckResult, _ colour: Paint.Style) -> [String] {
        guard result.isMultistep else { return result.steps.first.map { single($0, colour) } ?? [] }
        let title = "  \(mark(result.status == .passed)) \(Self.description(result.steps))"
        // What went well needs no explanation; of a failed check every step shows how far it came.
        return [title] + (result.status == .failed ? result.steps.flatMap { step($0, indent: "    ") } : [])
    }

    private func single(_ step: StepResult, _ colour: Paint.Style) -> [String] {
        let sign = step.status == .passed ? Sign.passed : Sign.failed
        return ["  \(paint(sign, colour)) \(step.action)"] + explanation(step, indent: "  ")
    }

    /// `Multistep test containing 3 HTTP test, 1 SSL test`, as datadog-ci puts it.
    static func description(_ steps: [StepResult]) -> String {
        var subtypes: [String] = []
        for step in steps where !subtypes.contains(step.subtype) { subtypes.append(step.subtype) }
        let parts = subtypes.map { subtype in "\(steps.count { $0.subtype == subtype }) \(subtype.uppercased()) test" }
        return "Multistep test containing \(parts.joined(separator: ", "))"
    }

    private func step(_ step: StepResult, indent: String) -> [String] {
        if step.status == .skipped { return ["\(indent)\(paint(Sign.skipped, .boldYellow)) | \(step.name)"] }
        let title = "\(indent)\(mark(step.status == .passed)) | \(duration(step.duration)) - \(step.name)"
        let inner = step.substeps.flatMap { self.step($0, indent: indent + "  ") }
        return [title, "\(indent)  \(step.action)"] + (inner.isEmpty ? explanation(step, indent: indent + "  ") : inner)
    }

    private func explanation(_ step: StepResult, indent: String) -> [String] {
        step.failure.map { failure in Self.explanation(failure, step, indent: indent).map { paint($0, .red) } } ?? []
    }

    /// Why a step failed, one line per assertion.
    static func explanation(_ failure: CheckFailure, _ step: StepResult, indent: String) -> [String] {
        let failed = step.assertions.filter { !$0.isValid }
        guard failure.code == .incorrectAssertion, !failed.isEmpty else { return ["\(indent)  [\(failure.code.rawValue)] - \(failure.message)"] }
        return ["\(indent)- Assertion\(failed.count == 1 ? "" : "s") failed:"] + failed.map { "\(indent)  ▶ \($0.sentence)" }
    }

    /// Yellow above 5 seconds, red above 10.
    func duration(_ duration: Duration) -> String {
        let style: Paint.Style = duration > .seconds(10) ? .boldRed : duration > .seconds(5) ? .boldYellow : .bold
        return paint("\(ConsoleReport.milliseconds(duration))", style) + "ms"
    }

    func mark(_ passed: Bool) -> String { passed ? paint(Sign.passed, .boldGreen) : paint(Sign.failed, .boldRed) }
}
