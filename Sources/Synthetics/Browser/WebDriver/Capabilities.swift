import Base

/// What a new browser is asked to be like (WebDriver §7, with Chrome's own `goog:chromeOptions`).
public struct Capabilities: Sendable, Equatable {
    public var device: Device
    public var acceptsInsecureCertificates = false
    /// Pages may read what other origins answer.
    public var allowsCrossOrigin = false
    /// Needed to count requests.
    public var logsRequests = false
    /// Chrome's sandbox refuses to run as root.
    public var hasSandbox = true
    /// Path of the browser; nil leaves the choice to the driver.
    public var binary: String?

    public init(device: Device = .standard) { self.device = device }

    /// The body of `POST /session`.
    var value: Value {
        let wanted = Value.object([
            "browserName": "chrome", "pageLoadStrategy": "normal", "acceptInsecureCerts": .bool(acceptsInsecureCertificates),
            // A dialog is confirmed, as Datadog does, and the next command says what it said.
            "unhandledPromptBehavior": "accept and notify", "goog:chromeOptions": chromeOptions, "goog:loggingPrefs": loggingPreferences,
        ])
        return .object(["capabilities": .object(["alwaysMatch": wanted])])
    }

    private var chromeOptions: Value {
        let metrics = Value.object([
            "width": .int(device.width), "height": .int(device.height), "pixelRatio": 1, "touch": .bool(device.isTouched),
            "mobile": .bool(device.isTouched),
        ])
        var members: [(String, Value)] = [
            ("args", .list(arguments.map { .string($0) })), ("mobileEmulation", .object(["deviceMetrics": metrics])),
        ]
        if let binary { members.append(("binary", .string(binary))) }
        if logsRequests { members.append(("perfLoggingPrefs", .object(["enableNetwork": true, "enablePage": false]))) }
        return .record(Record(members))
    }

    private var arguments: [String] {
        var arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        if !hasSandbox { arguments.append("--no-sandbox") }
        if allowsCrossOrigin { arguments.append("--disable-web-security") }
        return arguments
    }

    private var loggingPreferences: Value {
        .record(Record([("browser", "ALL")] + (logsRequests ? [("performance", "ALL")] : [])))
    }
}
