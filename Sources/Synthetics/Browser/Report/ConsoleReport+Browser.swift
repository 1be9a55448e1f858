import Base

extension ConsoleReport {
    /// What comes below the name of a browser check: its steps as datadog-ci shows them, up to the one that ended it.
    func browserDetail(_ result: CheckResult) -> [String] {
        guard result.status == .failed else { return [] }
        var lines: [String] = []
        if let failure = result.failure { lines.append("    [\(failure.code.rawValue)] - \(failure.message)") }
        let decisive = result.steps.firstIndex { $0.failure != nil && !$0.allowsFailure } ?? result.steps.indices.last ?? 0
        let shown = result.steps.prefix(decisive + 1)
        lines += shown.flatMap(browserStepLines)
        let rest = result.steps[shown.endIndex...]
        // Steps that always run may have failed as well, or shown what matters.
        lines += rest.filter { $0.status != .skipped }.flatMap(browserStepLines)
        let skipped = rest.filter { $0.status == .skipped }
        if skipped.count == 1 { lines += browserStepLines(skipped[0]) }
        if skipped.count > 1 { lines.append("    \(paint("⇢", "1;33")) | \(skipped.count) skipped steps") }
        return lines
    }

    private func browserStepLines(_ step: StepResult) -> [String] {
        if step.status == .skipped { return ["    \(paint("⇢", "1;33")) | \(step.name)"] }
        var lines = ["    \(mark(step.status == .passed)) | \(duration(step)) - \(step.name)"]
        let value = step.browser?.value ?? step.action
        if !value.isEmpty { lines.append("    \(Self.oneLine(value))") }
        // A page that complains may be why a later step fails.
        let complaints = (step.browser?.complaints ?? []).map { "    Console: \(Self.oneLine($0.text))" }
        guard let failure = step.failure else { return lines + complaints }
        if step.browser == nil {
            lines += Self.explanation(failure, step, indent: "    ")
        } else {
            lines.append("    \(paint(failure.message, "2;31"))")
        }
        if let url = step.browser?.url, url != value { lines.append("    At: \(url)") }
        lines += complaints
        if let file = step.browser?.screenshot?.file { lines.append("    Screenshot: \(file)") }
        return lines
    }

    private static let slow = Duration.seconds(5)
    private static let verySlow = Duration.seconds(10)

    private func duration(_ step: StepResult) -> String {
        let text = "\(Self.milliseconds(step.duration))ms"
        return paint(text, step.duration > Self.verySlow ? "1;31" : step.duration > Self.slow ? "1;33" : "1")
    }

    private static let lineLimit = 200

    private static func oneLine(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > lineLimit ? String(line.prefix(lineLimit)) + "…" : line
    }
}
