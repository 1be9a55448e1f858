import Base

/// The run as text, in the manner of datadog-ci; readable with and without colour.
public struct ConsoleReport: Sendable {
    public var usesColour: Bool

    public init(usesColour: Bool) { self.usesColour = usesColour }

    public func text(_ report: RunReport) -> String {
        (report.results.map { lines($0).joined(separator: "\n") + "\n\n" } + [summary(report)]).joined()
    }

    // MARK: One check

    private func lines(_ result: CheckResult) -> [String] {
        let id = paint("[\(result.publicID ?? "local")]", "1;2")
        let name = (result.name.isEmpty ? "" : " \(result.name)") + (result.browser.map { " - device: \($0.device.id)" } ?? "")
        switch result.status {
        case .skipped(let reason): return ["\(paint("⇢", "1;33")) \(id)\(name)", "  Skipped: \(reason)"]
        case .passed: return ["\(paint("✓", "1;32")) \(id)\(name)\(attemptNote(result))"] + detail(result)
        case .failed:
            let mark = paint("✖", result.isBlocking ? "1;31" : "1;33")
            let rule = result.isBlocking ? "[blocking]" : "[non-blocking]"
            return ["\(mark) \(rule) \(id)\(name)\(attemptNote(result))"] + detail(result)
        }
    }

    private func attemptNote(_ result: CheckResult) -> String {
        result.attempts > 1 ? " (attempt \(result.attempts) of \(result.attemptLimit))" : ""
    }

    private func detail(_ result: CheckResult) -> [String] {
        var lines = ["  • Total duration: \(Self.milliseconds(result.duration)) ms"]
        if result.browser != nil {
            lines += browserDetail(result)
        } else if result.isMultistep {
            lines.append("  \(mark(result.status == .passed)) Multistep test containing \(Self.counted(result.steps.count, "step"))")
            // What went well needs no explanation; of a failed check every step shows how far it came.
            if result.status == .failed { lines += result.steps.flatMap(stepLines) }
        } else if let step = result.steps.first {
            lines.append("  \(mark(step.status == .passed)) \(step.action)")
            if let failure = step.failure { lines += Self.explanation(failure, step, indent: "  ") }
        }
        if result.status == .failed, !result.message.isEmpty { lines.append("  • \(result.message)") }
        return lines
    }

    private func stepLines(_ step: StepResult) -> [String] {
        if step.status == .skipped { return ["    \(paint("⇢", "1;33")) | \(step.name)"] }
        let title = "    \(mark(step.status == .passed)) | \(Self.milliseconds(step.duration)) ms - \(step.name)"
        return [title, "      \(step.action)"] + (step.failure.map { Self.explanation($0, step, indent: "      ") } ?? [])
    }

    /// Why a step failed, one line per assertion.
    static func explanation(_ failure: CheckFailure, _ step: StepResult, indent: String) -> [String] {
        guard failure.code == .incorrectAssertion else { return ["\(indent)  [\(failure.code.rawValue)] - \(failure.message)"] }
        let failed = step.assertions.filter { !$0.isValid }
        return ["\(indent)- Assertion\(failed.count == 1 ? "" : "s") failed:"] + failed.map { "\(indent)  ▶ \($0.sentence)" }
    }

    func mark(_ passed: Bool) -> String { passed ? paint("✓", "1;32") : paint("✖", "1;31") }

    // MARK: The run

    private func summary(_ report: RunReport) -> String {
        let counts = report.counts
        var parts = [paint("\(counts.passed)", "1") + " passed", paint("\(counts.failed)", "1") + " failed"]
        if counts.failedNonBlocking > 0 { parts.append(paint("\(counts.failedNonBlocking)", "1") + " failed (non-blocking)") }
        if counts.skipped > 0 { parts.append(paint("\(counts.skipped)", "1") + " skipped") }
        return """
            === REPORT ===
            Took \(Self.milliseconds(report.duration)) ms

            Continuous Testing Summary:
            • Test Results: \(parts.joined(separator: ", "))

            """
    }

    func paint(_ text: String, _ code: String) -> String { usesColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }

    static func milliseconds(_ duration: Duration) -> Int64 { (duration.nanoseconds + 500_000) / 1_000_000 }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
