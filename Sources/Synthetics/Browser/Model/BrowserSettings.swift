import Base

/// How a browser check is played: where it begins, on which devices, and what the browser sends along.
public struct BrowserSettings: Sendable {
    public var startURL: String
    /// Instead of `startURL`, whose parts it can name as `{{ HOST }}`, `{{ PATHNAME }}` and so on; from an override.
    public var otherStartURL: String?
    /// Changes the URL when its places are filled in; from an override.
    public var startURLSubstitution: Substitution?
    /// The check runs once on each; empty only with `unknownDevices`.
    public var devices: [Device]
    /// What overrides call devices that nobody knows.
    public var unknownDevices: [String] = []
    /// `Set-Cookie` lines that the browser is given before it opens the start URL.
    public var cookies: [String] = []
    /// Sent with every request.
    public var headers: [NamedText] = []
    public var basicAuth: (username: String, password: String)?
    public var allowsInsecure = false
    public var bypassesContentSecurityPolicy = false
    public var allowsCrossOrigin = false
    /// URLs that are not loaded; `*` stands for anything.
    public var blockedURLs: [String] = []
    /// Of steps that fail.
    public var takesScreenshots = true
    /// For steps without a limit of their own.
    public var stepTimeout = Self.standardStepTimeout
    /// For the first page; nil: as for every step.
    public var navigationTimeout: Duration?
    /// For all steps together; nil means no limit.
    public var testTimeout: Duration?

    public init(startURL: String, devices: [Device] = [.standard]) {
        self.startURL = startURL
        self.devices = devices
    }

    /// What Datadog's course shows: "Step failed because it took more than 20 seconds."
    public static let standardStepTimeout = Duration.seconds(20)
}

extension CheckEntry {
    /// True for what needs a browser to run.
    public var needsBrowser: Bool { if case .check(let check) = self { check.browser != nil } else { false } }

    /// One entry for each device of a browser check; devices that need another browser than Chrome say so.
    var perDevice: [CheckEntry] {
        guard case .check(let check) = self, let browser = check.browser else { return [self] }
        func unavailable(_ reason: String) -> CheckEntry {
            .unavailable(
                Unavailable(publicID: check.publicID, name: check.name, tags: check.tags, file: check.location.file, reason: reason, suite: check.suite))
        }
        let unknown = browser.unknownDevices.map { unavailable("there is no device \"\($0)\"\(suggestion(for: $0, among: Device.allIDs))") }
        return unknown + browser.devices.map { device in
            if let reason = device.reasonNotRun { return unavailable(reason) }
            var one = check
            one.browser?.devices = [device]
            one.browser?.unknownDevices = []
            return .check(one)
        }
    }
}
