import Base

/// One step of a browser check.
public struct BrowserStep: Sendable {
    public var command: BrowserCommand
    /// Nil: the check's limit for steps.
    public var timeout: Duration?
    public var takesScreenshot = true

    public init(_ command: BrowserCommand, timeout: Duration? = nil) {
        self.command = command
        self.timeout = timeout
    }
}

/// What a browser is told to do. Texts may hold `{{ NAME }}` places.
public enum BrowserCommand: Sendable, Equatable {
    /// The implicit first step.
    case openStartURL
    case goToURL(String)
    case refresh
    case click(ElementLocator, ClickKind, withScript: Bool)
    case typeText(ElementLocator, String, delay: Duration, appends: Bool)
    case pressKey(Key, modifiers: [Key])
    case selectOption(ElementLocator, String)
    case hover(ElementLocator)
    /// By so many CSS pixels; without a distance until the element is in sight.
    case scroll(ElementLocator?, x: Int, y: Int)
    case drag(ElementLocator)
    /// The offset is from the element's middle, in CSS pixels.
    case drop(ElementLocator, x: Int, y: Int)
    case wait(Duration)
    case extractText(ElementLocator, pattern: String?, into: BrowserVariable)
    case extractFromScript(String, ElementLocator?, into: BrowserVariable)
    case assertURL(ValueCheck)
    case assertPresent(ElementLocator)
    case assertContent(ElementLocator, ValueCheck)
    case assertAttribute(ElementLocator, String, ValueCheck)
    case assertPageContains(String)
    case assertPageLacks(String)
    /// Passes when what the code returns is true in JavaScript's sense.
    case assertScript(String, ElementLocator?)
    /// How many requests went to URLs that fit, since the check began; `*` stands for anything.
    case assertRequests(url: String, count: ValueCheck)

    public enum ClickKind: String, Sendable, CaseIterable { case primary, double, contextual }
}

/// The name that an extracted value gets.
public struct BrowserVariable: Sendable, Equatable {
    public var name: String
    public var isSecure: Bool

    public init(name: String, isSecure: Bool = false) {
        self.name = name
        self.isSecure = isSecure
    }
}

extension BrowserCommand {
    /// Datadog's name for the kind of step.
    var typeName: String {
        switch self {
        case .openStartURL: "goToUrlAndMeasureTti"
        case .goToURL: "goToUrl"
        case .refresh: "refresh"
        case .click: "click"
        case .typeText: "typeText"
        case .pressKey: "pressKey"
        case .selectOption: "selectOption"
        case .hover: "hover"
        case .scroll: "scroll"
        case .drag: "drag"
        case .drop: "drop"
        case .wait: "wait"
        case .extractText: "extractVariable"
        case .extractFromScript: "extractFromJavascript"
        case .assertURL: "assertCurrentUrl"
        case .assertPresent: "assertElementPresent"
        case .assertContent: "assertElementContent"
        case .assertAttribute: "assertElementAttribute"
        case .assertPageContains: "assertPageContains"
        case .assertPageLacks: "assertPageLacks"
        case .assertScript: "assertFromJavascript"
        case .assertRequests: "assertRequests"
        }
    }

    /// What a report shows below the step's name, places not yet filled in.
    var shown: String {
        switch self {
        case .openStartURL, .refresh: ""
        case .goToURL(let url): url
        case .click(let element, _, _), .hover(let element), .drag(let element), .assertPresent(let element), .extractText(let element, _, _):
            element.description
        case .drop(let element, _, _): element.description
        case .typeText(_, let text, _, _): text
        case .pressKey(let key, let modifiers): (modifiers + [key]).map(\.name).joined(separator: "+")
        case .selectOption(_, let value): value
        case .scroll(let element, let x, let y): element.map { $0.description } ?? "\(x), \(y)"
        case .wait(let duration): "\(duration.components.seconds) s"
        case .extractFromScript(let code, _, _), .assertScript(let code, _): code
        case .assertURL(let check), .assertContent(_, let check): check.wording
        case .assertAttribute(_, let name, let check): "\(name) \(check.wording)"
        case .assertPageContains(let text), .assertPageLacks(let text): text
        case .assertRequests(let url, let count): "requests to \(url) \(count.wording)"
        }
    }
}
