/// With what a browser check was looked at.
public struct BrowserRun: Sendable, Equatable {
    public var device: Device
    public var startURL: String
}

extension CheckResult {
    /// Says that there was no browser: none on this machine is no verdict, one that does not start is a failure.
    mutating func refuse(_ problem: BrowserProblem) {
        switch problem {
        case .absent(let reason):
            resultID = nil
            self.status = .skipped(reason)
        case .failed(let reason):
            var step = StepResult(name: "Start the browser", action: "", status: .failed)
            step.failure = CheckFailure(.unavailableBrowser, reason)
            steps = [step]
            status = .failed
        }
    }
}

extension Capabilities {
    /// What a check asks of its browser.
    init(_ check: Check, _ settings: BrowserSettings) {
        self.init(device: settings.devices[0])
        acceptsInsecureCertificates = settings.allowsInsecure
        allowsCrossOrigin = settings.allowsCrossOrigin
        logsRequests = check.steps.contains { step in
            if case .browser(let step) = step.action, case .assertRequests = step.command { true } else { false }
        }
    }
}
