import Base
import HTTP

/// One browser that runs for us.
public struct WebDriverSession: Sendable {
    private let client: WebDriverClient
    public let id: String

    init(client: WebDriverClient, id: String) {
        self.client = client
        self.id = id
    }

    /// How long the driver may take for what the browser does by itself at once.
    static let patience = Duration.seconds(10)

    func command(_ method: String, _ path: String, _ body: Value? = nil, within limit: Duration = patience) async throws(WebDriverError) -> Value {
        try await client.command(method, "/session/\(id)\(path)", body, within: limit)
    }

    /// Ends the browser.
    public func close() async throws(WebDriverError) { _ = try await command("DELETE", "") }

    // MARK: Pages

    /// Limits for loading a page and for scripts, whole milliseconds.
    func setTimeouts(_ limit: Duration, within answerLimit: Duration) async throws(WebDriverError) {
        let milliseconds = Value.int(max(1, Int(limit.milliseconds)))
        _ = try await command("POST", "/timeouts", .object(["implicit": 0, "pageLoad": milliseconds, "script": milliseconds]), within: answerLimit)
    }

    /// Returns when the page has loaded.
    func go(to url: String, within limit: Duration) async throws(WebDriverError) {
        _ = try await command("POST", "/url", .object(["url": .string(url)]), within: limit)
    }

    func refresh(within limit: Duration) async throws(WebDriverError) { _ = try await command("POST", "/refresh", within: limit) }

    func currentURL(within limit: Duration) async throws(WebDriverError) -> String { try await command("GET", "/url", within: limit).text }

    /// - Returns: PNG.
    func screenshot() async throws(WebDriverError) -> [UInt8] {
        guard case .string(let text) = try await command("GET", "/screenshot"), let bytes = Base64.decode(text) else {
            throw WebDriverError(.malformed, "the screenshot is not base64")
        }
        return bytes
    }

    // MARK: Scripts

    /// Runs the body of a function; `arguments` holds the arguments.
    func execute(_ script: String, _ arguments: [Value] = [], within limit: Duration) async throws(WebDriverError) -> Value {
        try await command("POST", "/execute/sync", .object(["script": .string(script), "args": .list(arguments)]), within: limit)
    }

    /// Runs the body of a function that calls its last argument with the result.
    func executeAsync(_ script: String, _ arguments: [Value], within limit: Duration) async throws(WebDriverError) -> Value {
        try await command("POST", "/execute/async", .object(["script": .string(script), "args": .list(arguments)]), within: limit)
    }

    // MARK: Chrome's own

    /// A command of the DevTools protocol.
    func devTools(_ name: String, _ parameters: Value = .object([:])) async throws(WebDriverError) {
        _ = try await command("POST", "/goog/cdp/execute", .object(["cmd": .string(name), "params": parameters]))
    }

    /// What a log has had since it was last asked for.
    func log(_ type: String) async throws(WebDriverError) -> [Value] {
        try await command("POST", "/se/log", .object(["type": .string(type)])).elements ?? []
    }
}
