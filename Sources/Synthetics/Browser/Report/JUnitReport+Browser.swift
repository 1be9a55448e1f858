extension JUnitReport {
    /// Elements of a browser check's test case, in datadog-ci's order: failures that are allowed, complaints of pages, failures.
    static func browserLines(_ result: CheckResult) -> [String] {
        let failed = result.steps.filter { $0.failure != nil }
        let complaints = result.steps.flatMap { step in
            (step.browser?.complaints ?? []).map { complaint in
                #"      <browser_error type="\#(complaint.kind.rawValue)" name="Console error" step="\#(escaped(step.name))">"#
                    + "\(escaped(complaint.text))</browser_error>"
            }
        }
        let element = result.isBlocking ? "failure" : "error"
        return failed.filter(\.allowsFailure).map { line("allowed_error", $0) } + complaints
            + (result.status == .failed ? failed.filter { !$0.allowsFailure }.map { line(element, $0) } : [])
    }

    private static func line(_ element: String, _ step: StepResult) -> String {
        let type = step.failure?.code == .assertionFailure ? "assertion" : step.failure?.code.rawValue ?? ""
        let text = step.failure.map { "[\($0.code.rawValue)] - \($0.message)" } ?? ""
        return #"      <\#(element) type="\#(type)" step="\#(escaped(step.name))" allowFailure="\#(step.allowsFailure)">\#(escaped(text))</\#(element)>"#
    }

    static func browserProperties(_ run: BrowserRun) -> [(String, String?)] {
        [("device", run.device.id), ("width", "\(run.device.width)"), ("height", "\(run.device.height)"), ("start_url", run.startURL)]
    }
}
