/// Gives each browser check a browser of its own.
public protocol BrowserSource: Sendable {
    func open(_ capabilities: Capabilities) async throws(BrowserProblem) -> WebDriverSession
}

/// Why there is no browser.
public enum BrowserProblem: Error, Sendable, Equatable {
    /// The machine has none; says what to install.
    case absent(String)
    /// It has one that does not start.
    case failed(String)
}
