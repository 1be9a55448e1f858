import Base

/// The run as JUnit XML, in the form that datadog-ci writes: one suite per file, `failure` for blocking checks, `error` for others.
public enum JUnitReport {
    public static func xml(_ report: RunReport) -> String {
        let counts = report.counts
        var lines = [#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#]
        lines.append(
            #"<testsuites name="\#(escaped(report.pack ?? "Undefined run"))" tests_failed="\#(counts.failed)" "#
                + #"tests_failed_non_blocking="\#(counts.failedNonBlocking)" tests_passed="\#(counts.passed)" tests_skipped="\#(counts.skipped)">"#)
        for suite in suites(report.results) { lines += suiteLines(suite) }
        lines.append("</testsuites>\n")
        return lines.joined(separator: "\n")
    }

    /// Suites in the order in which they first appear.
    private static func suites(_ results: [CheckResult]) -> [[CheckResult]] {
        var order: [String] = []
        var bySuite: [String: [CheckResult]] = [:]
        for result in results {
            if bySuite[result.suite] == nil { order.append(result.suite) }
            bySuite[result.suite, default: []].append(result)
        }
        return order.compactMap { bySuite[$0] }
    }

    private static func suiteLines(_ results: [CheckResult]) -> [String] {
        let counts = RunReport(results: results, duration: .zero).counts
        let name = results.first.map { $0.suite.isEmpty ? "Undefined suite" : $0.suite } ?? ""
        let opening =
            #"  <testsuite errors="\#(counts.failedNonBlocking)" failures="\#(counts.failed)" name="\#(escaped(name))" "#
            + #"skipped="\#(counts.skipped)" tests="\#(results.count)">"#
        return [opening] + results.flatMap(caseLines) + ["  </testsuite>"]
    }

    private static func caseLines(_ result: CheckResult) -> [String] {
        let suite = escaped(result.suite)
        let failures = result.steps.count { $0.failure != nil }
        var title = result.name + (result.publicID.map { " - id: \($0)" } ?? "") + (result.browser.map { " - device: \($0.device.id)" } ?? "")
        if case .skipped = result.status { title += " (skipped)" }
        var lines = [
            #"    <testcase classname="\#(suite)" file="\#(suite)" name="\#(escaped(title))" time="\#(result.duration.milliseconds / 1_000)" "#
                + #"timestamp="\#(result.finished.iso8601)" steps_count="\#(result.steps.count)" steps_failures="\#(failures)" "#
                + #"steps_skipped="\#(result.steps.count { $0.status == .skipped })">"#
        ]
        lines += failureLines(result)
        lines += propertyLines(result)
        if case .skipped(let reason) = result.status {
            lines.append("      <skipped>\(escaped("This check was skipped because \(reason)."))</skipped>")
        }
        return lines + ["    </testcase>"]
    }

    private static func failureLines(_ result: CheckResult) -> [String] {
        if result.browser != nil { return browserLines(result) }
        guard result.status == .failed else { return [] }
        let element = result.isBlocking ? "failure" : "error"
        return result.steps.compactMap { step in
            guard let failure = step.failure else { return nil }
            let text = ConsoleReport.explanation(failure, step, indent: "").joined(separator: "\n")
            return #"      <\#(element) type="\#(failure.code.rawValue)" step="\#(escaped(step.name))" "#
                + #"allowFailure="\#(step.allowsFailure)">\#(escaped(text))</\#(element)>"#
        }
    }

    private static func propertyLines(_ result: CheckResult) -> [String] {
        let properties: [(String, String?)] = [
            ("check_id", result.publicID), ("execution_rule", result.isBlocking ? "blocking" : "non_blocking"),
            ("message", result.message.isEmpty ? nil : result.message), ("passed", "\(result.status == .passed)"),
            ("retries", "\(max(0, result.attempts - 1))"), ("max_retries", "\(max(0, result.attemptLimit - 1))"),
            ("tags", result.tags.isEmpty ? nil : result.tags.joined(separator: ",")), ("type", result.browser == nil ? "api" : "browser"),
        ] + (result.browser.map(browserProperties) ?? [])
        let lines = properties.compactMap { name, value in
            value.map { #"        <property name="\#(name)" value="\#(escaped($0))"/>"# }
        }
        return ["      <properties>"] + lines + ["      </properties>"]
    }

    /// XML 1.0 text: markup escaped, characters that XML cannot hold replaced.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{fffe}", "\u{ffff}": out += "\u{fffd}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
