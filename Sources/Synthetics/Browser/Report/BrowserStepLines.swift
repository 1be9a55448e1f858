import Base

/// What the console says about the steps of a browser check: as datadog-ci shows them, up to the one that ended it.
struct BrowserStepLines {
    private let paint: Paint
    private let common: StepLines

    init(_ paint: Paint) {
        self.paint = paint
        common = StepLines(paint)
    }

    func lines(of result: CheckResult) -> [String] {
        guard result.status == .failed else { return [] }
        var lines: [String] = []
        if result.ownFailure == nil, let failure = result.failure { lines.append("    [\(failure.code.rawValue)] - \(failure.message)") }
        let decisive = result.steps.firstIndex { $0.failsCheck } ?? result.steps.indices.last ?? 0
        let shown = result.steps.prefix(decisive + 1)
        lines += shown.flatMap(step)
        let rest = result.steps[shown.endIndex...]
        // Steps that always run may have failed as well, or shown what matters.
        lines += rest.filter { $0.status != .skipped }.flatMap(step)
        let skipped = rest.filter { $0.status == .skipped }
        if skipped.count == 1 { lines += step(skipped[0]) }
        if skipped.count > 1 { lines.append("    \(paint(Sign.skipped, .boldYellow)) | \(skipped.count) skipped steps") }
        return lines
    }

    private func step(_ step: StepResult) -> [String] {
        if step.status == .skipped { return ["    \(paint(Sign.skipped, .boldYellow)) | \(step.name)"] }
        var lines = ["    \(common.mark(step.status == .passed)) | \(common.duration(step.duration)) - \(step.name)"]
        let value = step.browser?.value ?? step.action
        if !value.isEmpty { lines.append("    \(Self.oneLine(value))") }
        // A page that complains may be why a later step fails.
        let complaints = (step.browser?.complaints ?? []).map { "    Console: \(Self.oneLine($0.text))" }
        guard let failure = step.failure else { return lines + complaints }
        if step.browser == nil {
            lines += StepLines.explanation(failure, step, indent: "    ")
        } else {
            lines.append("    \(paint(failure.message, .red))")
        }
        if let url = step.browser?.url, url != value { lines.append("    At: \(url)") }
        lines += complaints
        if let file = step.browser?.screenshot?.file { lines.append("    Screenshot: \(file)") }
        return lines
    }

    private static let lineLimit = 200

    private static func oneLine(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count > lineLimit ? String(line.prefix(lineLimit)) + "…" : line
    }
}
