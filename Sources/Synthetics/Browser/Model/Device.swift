/// What a browser check is looked at with: a browser and a size, for example `chrome.laptop_large`.
public struct Device: Sendable, Equatable {
    public enum Browser: String, Sendable, CaseIterable { case chrome, firefox, edge }

    /// Datadog's sizes.
    public enum Size: String, Sendable, CaseIterable {
        case laptopLarge = "laptop_large"
        case tablet
        case mobileSmall = "mobile_small"
    }

    public var browser: Browser
    public var size: Size

    public init(_ browser: Browser, _ size: Size) {
        self.browser = browser
        self.size = size
    }

    public static let standard = Device(.chrome, .laptopLarge)

    public var id: String { "\(browser.rawValue).\(size.rawValue)" }

    static let allIDs = Browser.allCases.flatMap { browser in Size.allCases.map { Device(browser, $0).id } }

    /// Nil for a text that names no device.
    public init?(id: String) {
        let parts = id.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let browser = Browser(rawValue: parts[0]), let size = Size(rawValue: parts[1]) else { return nil }
        self.init(browser, size)
    }

    /// Of the page, in CSS pixels.
    public var width: Int {
        switch size {
        case .laptopLarge: 1_440
        case .tablet: 768
        case .mobileSmall: 320
        }
    }

    public var height: Int {
        switch size {
        case .laptopLarge: 1_100
        case .tablet: 1_020
        case .mobileSmall: 550
        }
    }

    /// Pages lay themselves out for fingers.
    var isTouched: Bool { size != .laptopLarge }

    var reasonNotRun: String? {
        browser == .chrome ? nil : "the device \(id) needs another browser than Chrome, which is the only one that runs here"
    }
}
