/// The kinds of step that Datadog's browser tests know.
enum BrowserStepKind: String, CaseIterable {
    case goToUrl, refresh, click, typeText, pressKey, selectOption, hover, scroll, drag, drop, wait
    case extractVariable, extractFromJavascript
    case assertCurrentUrl, assertElementPresent, assertElementContent, assertElementAttribute, assertPageContains, assertPageLacks
    case assertFromJavascript, assertRequests
    case runApiTest
    case assertEmail, goToEmailLink, extractFromEmailBody, assertFileDownload, uploadFiles, playSubTest

    /// Why a check with such a step is skipped: it must never pass without the step.
    var reasonNotRun: String? {
        switch self {
        case .assertEmail, .goToEmailLink, .extractFromEmailBody: "needs an inbox at Datadog"
        case .assertFileDownload: "needs the files that a page downloads, which are not kept here"
        case .uploadFiles: "needs files that are stored at Datadog"
        case .playSubTest: "plays another test that is stored at Datadog"
        default: nil
        }
    }

    /// Names of `params`.
    var parameters: [String] {
        switch self {
        case .goToUrl, .wait, .assertPageContains, .assertPageLacks: ["value"]
        case .refresh: []
        case .click: ["clickType", "clickWithJavascript", "element"]
        case .typeText: ["appendToContent", "delay", "element", "value"]
        case .pressKey: ["modifiers", "value"]
        case .selectOption: ["element", "value"]
        case .hover, .assertElementPresent: ["element"]
        case .scroll: ["element", "x", "y"]
        case .drag, .drop: ["element", "options"]
        case .extractVariable: ["element", "pattern", "variable"]
        case .extractFromJavascript: ["code", "element", "variable"]
        case .assertCurrentUrl: ["check", "value"]
        case .assertElementContent: ["check", "element", "value"]
        case .assertElementAttribute: ["attribute", "check", "element", "value"]
        case .assertFromJavascript: ["code", "element"]
        case .assertRequests: ["requests"]
        case .runApiTest: ["request"]
        case .assertEmail, .goToEmailLink, .extractFromEmailBody, .assertFileDownload, .uploadFiles, .playSubTest: []
        }
    }
}
