import Base

/// The run as JUnit XML, in the form that datadog-ci writes: one suite per file, `failure` for blocking checks, `error` for others.
///
/// Attempts that were retried are left out. Addresses at Datadog (`batch_url`, `result_url`) have no counterpart.
public enum JUnitReport {
    public static func xml(_ report: RunReport) -> String {
        let counts = report.counts
        var suites = XMLElement(name: "testsuites")
        if let id = report.batchID { suites.attributes.append(("batch_id", id)) }
        suites.attributes += [
            ("name", report.name ?? "Undefined run"), ("tests_critical_error", "\(counts.criticalErrors)"), ("tests_failed", "\(counts.failed)"),
            ("tests_failed_non_blocking", "\(counts.failedNonBlocking)"), ("tests_not_authorized", "0"), ("tests_not_found", "\(counts.missing)"),
            ("tests_passed", "\(counts.passed)"), ("tests_skipped", "\(counts.skipped)"), ("tests_timed_out", "\(counts.timedOut)"),
        ]
        suites.children = Self.suites(report.results).map { suite($0, report.policy) }
        return suites.document
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

    private static func suite(_ results: [CheckResult], _ policy: RunPolicy) -> XMLElement {
        let cases = results.map { JUnitCase($0, policy).element }
        func count(_ name: String) -> String { "\(cases.reduce(0) { $0 + $1.children.count { $0.name == name } })" }
        let name = results.first.map { $0.suite.isEmpty ? "Undefined suite" : $0.suite } ?? ""
        return XMLElement(
            name: "testsuite",
            attributes: [
                ("errors", count("error")), ("failures", count("failure")), ("name", name), ("skipped", count("skipped")),
                ("tests", "\(results.count)"),
            ], children: cases)
    }
}
