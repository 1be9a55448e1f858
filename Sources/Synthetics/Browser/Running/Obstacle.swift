import HTTP

/// Why a step has not succeeded yet.
struct Obstacle: Error {
    var failure: CheckFailure
    /// Trying again would not help.
    var isFinal: Bool

    init(_ code: FailureCode, _ message: String, isFinal: Bool = false) {
        failure = CheckFailure(code, message)
        self.isFinal = isFinal
    }

    /// What no further attempt can change.
    private init(_ failure: CheckFailure) {
        self.failure = failure
        isFinal = true
    }

    /// What a command's refusal means for a step.
    init(_ error: WebDriverError) {
        switch error.kind {
        case .transport(.cancelled): self.init(CheckFailure.cancelled)
        case .transport(.timedOut): self.init(.stepTimeout, "the browser did not answer", isFinal: true)
        case .transport(let error): self.init(.unavailableBrowser, "the browser is gone: \(error)", isFinal: true)
        case .malformed: self.init(.unknown, error.message, isFinal: true)
        case .refused(let code): self = Self.refusal(code, error.message)
        }
    }

    private static func refusal(_ code: WebDriverError.Code, _ message: String) -> Obstacle {
        switch code {
        case .noSuchElement, .staleElementReference: Obstacle(.locateElement, message)
        case .elementNotInteractable, .elementClickIntercepted, .invalidElementState, .moveTargetOutOfBounds:
            Obstacle(.elementNotInteractable, message)
        case .javascriptError: Obstacle(.evaluateJavaScript, message)
        case .timeout, .scriptTimeout: Obstacle(.stepTimeout, message, isFinal: true)
        case .insecureCertificate: Obstacle(.serverCertificate, message, isFinal: true)
        case .invalidSelector, .invalidArgument: Obstacle(.invalidTest, message, isFinal: true)
        case .invalidSessionID, .noSuchWindow, .sessionNotCreated:
            Obstacle(.unavailableBrowser, "the browser is gone: \(message)", isFinal: true)
        // Closed by the driver by the time it says so.
        case .unexpectedAlertOpen: Obstacle(.unknown, message)
        case .unknownCommand, .unknownError: Obstacle(.unknown, message)
        }
    }

    /// What it means while a page is being opened.
    static func navigation(_ error: WebDriverError, to url: String) -> Obstacle {
        switch error.code {
        case .timeout: Obstacle(.openURL, "\(url) did not load in time", isFinal: true)
        case .unknownError where error.message.contains("ERR_CERT_"): Obstacle(.serverCertificate, error.message, isFinal: true)
        case .unknownError: Obstacle(.openURL, error.message, isFinal: true)
        case .invalidArgument: Obstacle(.openURL, "\"\(url)\" is not a URL", isFinal: true)
        default: Obstacle(error)
        }
    }
}
