extension JUnitCase {
    /// What went wrong in a browser check: failures that are allowed, complaints of pages, failures.
    static func browserProblems(_ result: CheckResult) -> [XMLElement] {
        let complaints = result.steps.flatMap { step in
            (step.browser?.complaints ?? []).map { complaint in
                XMLElement(
                    name: "browser_error", attributes: [("type", complaint.kind.rawValue), ("name", "Console error"), ("step", step.name)],
                    text: complaint.text)
            }
        }
        let failed = result.steps.filter { $0.failure != nil }
        let name = result.isBlocking ? "failure" : "error"
        let decisive = result.status == .failed ? failed.filter { !$0.allowsFailure } : []
        return failed.filter(\.allowsFailure).map { element("allowed_error", $0) } + complaints + decisive.map { element(name, $0) }
    }

    private static func element(_ name: String, _ step: StepResult) -> XMLElement {
        let type = step.failure?.code == .assertionFailure ? "assertion" : step.failure?.code.rawValue ?? ""
        let text = step.failure.map { "[\($0.code.rawValue)] - \($0.message)" } ?? ""
        return XMLElement(name: name, attributes: [("type", type), ("step", step.name), ("allowFailure", "\(step.allowsFailure)")], text: text)
    }

    static func browserProperties(_ run: BrowserRun) -> [(String, String?)] {
        [("device", run.device.id), ("width", "\(run.device.width)"), ("height", "\(run.device.height)")]
    }
}
