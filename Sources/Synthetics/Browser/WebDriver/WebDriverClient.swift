import Base
import HTTP

/// Sends commands of the WebDriver protocol (W3C) to a driver and reads its answers.
public struct WebDriverClient: Sendable {
    private let transport: any CheckTransport
    private let baseURL: String

    /// - Parameter baseURL: Of the driver, without a slash at the end.
    public init(_ transport: any CheckTransport, baseURL: String) {
        self.transport = transport
        self.baseURL = baseURL
    }

    /// Starts a browser.
    ///
    /// - Parameter limit: How long it may take.
    public func open(_ capabilities: Capabilities, within limit: Duration) async throws(WebDriverError) -> WebDriverSession {
        let answer = try await command("POST", "/session", capabilities.value, within: limit)
        guard case .string(let id)? = answer["sessionId"] else { throw WebDriverError(.malformed, "the driver gave the session no id") }
        return WebDriverSession(client: self, id: id)
    }

    /// - Parameter body: Of a `POST`; an empty object when nil.
    /// - Returns: The answer's `value`.
    func command(_ method: String, _ path: String, _ body: Value? = nil, within limit: Duration) async throws(WebDriverError) -> Value {
        let isPost = method == "POST"
        let request = ClientRequest(
            method: method, url: baseURL + path, headers: isPost ? ["Content-Type": "application/json; charset=utf-8"] : [:],
            body: isPost ? (body ?? .object([:])).jsonBytes() : [], timeout: limit)
        let response: ClientResponse
        do { response = try await transport.send(request) } catch { throw WebDriverError(.transport(error), error.description) }
        guard let answer = try? Value.parse(json: response.body), let value = answer["value"] else {
            throw WebDriverError(.malformed, "the driver answered \(response.status) with something else than the protocol's JSON")
        }
        if response.status == 200 { return value }
        throw Self.error(value)
    }

    private static func error(_ value: Value) -> WebDriverError {
        let code = WebDriverError.Code(rawValue: value["error"]?.text ?? "") ?? .unknownError
        return WebDriverError(.refused(code), words(value["message"]?.text ?? "", code), dialog: value["data"]?["text"]?.text)
    }

    /// The first line says what happened, with the code's name in front of it; the others describe the browser.
    private static func words(_ message: String, _ code: WebDriverError.Code) -> String {
        let line = message.prefix { !$0.isNewline }
        let prefix = code.rawValue + ": "
        return String(line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : line)
    }
}
