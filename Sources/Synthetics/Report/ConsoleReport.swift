import Base

/// The run as text, in the layout of datadog-ci; readable with and without colour. Lines that hold addresses at Datadog have no counterpart.
public struct ConsoleReport: Sendable {
    private let paint: Paint
    private let policy: RunPolicy

    public init(usesColour: Bool, policy: RunPolicy = RunPolicy()) {
        paint = Paint(isOn: usesColour)
        self.policy = policy
    }

    /// The whole run at once.
    public func text(_ report: RunReport) -> String {
        report.results.map(text).joined() + summary(report)
    }

    /// What is known of a check before it runs: one line.
    public func announcement(_ result: CheckResult) -> String {
        let id = "[\(paint(result.label, .boldDim))]"
        guard case .skipped(let reason) = result.status else {
            let rule = result.isBlocking ? "" : " (non-blocking)"
            let overrides =
                result.overrideCount == 0 ? "" : " " + paint("(\(Self.counted(result.overrideCount, "test override")))", .grey)
            return "\(id) Found test \"\(paint(result.name, .boldGreen))\"\(rule)\(overrides)\n"
        }
        let name = result.name.isEmpty ? "" : " \"\(paint(result.name, .yellow))\""
        let why = reason == Runner.skippedByOverride ? "" : " because \(reason)"
        return "\(id) Skipped test\(name)\(why)\n"
    }

    /// A check that ran, with the attempts before; nothing for one that was skipped.
    public func text(_ result: CheckResult) -> String {
        if case .skipped = result.status { return "" }
        return (result.earlier + [result]).map { lines($0).joined(separator: "\n") + "\n\n" }.joined()
    }

    // MARK: One attempt

    private func lines(_ result: CheckResult) -> [String] {
        let outcome = policy.outcome(of: result)
        let (sign, colour) = Self.sign(outcome)
        let rule =
            switch outcome {
            case .failed, .unhealthy: "[\(paint("blocking", colour))] "
            case .failedNonBlocking: "[\(paint("non-blocking", colour))] "
            default: ""
            }
        let place = "\(paint("location: ", colour))\(paint(Self.location, .bold))"
        let device = result.browser.map { " - \(paint("device: ", colour))\(paint($0.device.id, .bold))" } ?? ""
        let title = "\(paint(sign, colour)) \(rule)[\(paint(result.label, .boldDim))] \(paint(result.name, .bold)) - \(place)\(device)\(attemptNote(result))"
        return [title] + detail(result, outcome, colour)
    }

    /// Where checks run, for lines in which datadog-ci names a place of Datadog's.
    static let location = "localhost"

    private static func sign(_ outcome: RunPolicy.Outcome) -> (String, Paint.Style) {
        switch outcome {
        case .passed: (Sign.passed, .boldGreen)
        case .failed: (Sign.failed, .boldRed)
        case .failedNonBlocking: (Sign.failed, .boldYellow)
        case .skipped, .unhealthy: (Sign.skipped, .boldYellow)
        }
    }

    /// Nothing for checks that are tried once only, and for those that passed at once.
    private func attemptNote(_ result: CheckResult) -> String {
        guard result.attemptLimit > 1, result.status != .passed || result.attempts > 1 else { return "" }
        if !result.isFinal { return paint(" (attempt \(result.attempts) of \(result.attemptLimit), retrying…)", .dim) }
        return paint(" (attempt \(result.attempts), done)", .dim)
    }

    private func detail(_ result: CheckResult, _ outcome: RunPolicy.Outcome, _ colour: Paint.Style) -> [String] {
        if outcome == .unhealthy {
            let words = result.failure.map(\.message) ?? "General Error"
            return [
                paint("  \(Sign.skipped) | \(words)", .yellow),
                paint("  We had an error during the execution of this test. The result will be ignored", .yellow),
            ]
        }
        var lines = ["  • Total duration: \(Self.milliseconds(result.duration)) ms"]
        if let failure = result.ownFailure { lines.append(failureLine(failure, indent: "  ")) }
        lines += result.browser == nil ? StepLines(paint).lines(of: result, colour) : BrowserStepLines(paint).lines(of: result)
        if result.status == .failed, result.isFinal, let message = result.message, !message.isEmpty { lines.append("  • \(message)") }
        return lines
    }

    private func failureLine(_ failure: CheckFailure, indent: String) -> String {
        paint("\(indent)  [\(failure.code.rawValue)] - \(failure.message)", .red)
    }

    // MARK: The run

    /// What stands under `=== REPORT ===`.
    public func summary(_ report: RunReport) -> String {
        let counts = report.counts
        var parts = [paint("\(counts.passed) passed", .green), paint("\(counts.failed) failed", .red)]
        if counts.failedNonBlocking > 0 { parts.append(paint("\(counts.failedNonBlocking) failed (non-blocking)", .yellow)) }
        if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
        var extra: [String] = []
        if counts.timedOut > 0 { extra.append(paint("\(counts.timedOut) timed out", .yellow)) }
        if counts.criticalErrors > 0 { extra.append(paint("\(counts.criticalErrors) critical errors", .red)) }
        let missing = report.missingIDs
        var lines = ["", paint("=== REPORT ===", .boldCyan), "Took \(Self.milliseconds(report.duration))ms", ""]
        if !missing.isEmpty {
            lines += [
                "\(paint("\(Self.counted(missing.count, "test")) not found", .yellow)) \(paint("(\(missing.joined(separator: ", ")))", .grey))", "",
            ]
        }
        lines += [
            paint("Continuous Testing Summary:", .bold),
            "• Test Results: \(parts.joined(separator: ", "))\(extra.isEmpty ? "" : " (\(extra.joined(separator: ", ")))")",
        ]
        if let limit = report.parallelLimit {
            lines.append("• Max parallelization configured: \(Self.counted(limit, "test")) running at the same time")
        }
        lines.append("• Total Duration: \(Self.rounded(report.duration))")
        return lines.joined(separator: "\n") + "\n"
    }

    static func milliseconds(_ duration: Duration) -> Int64 { (duration.nanoseconds + 500_000) / 1_000_000 }

    /// `9m 28s`; parts that are 0 are left out.
    static func rounded(_ duration: Duration) -> String {
        let seconds = (duration.nanoseconds + 500_000_000) / 1_000_000_000
        let parts = [(seconds / 60, "m"), (seconds % 60, "s")].filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }

    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
