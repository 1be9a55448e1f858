import Base
import Testing

@testable import Synthetics

@Suite struct BrowserTestReaderTests {
    static func check(_ json: String) throws -> Check {
        guard case .check(let check)? = try CheckFileTests.entries(json).first else { throw Unread() }
        return check
    }

    struct Unread: Error {}

    static func commands(_ steps: [String]) throws -> [BrowserCommand] {
        try check(browserTest(steps)).steps.dropFirst().compactMap { step in
            if case .browser(let step) = step.action { step.command } else { nil }
        }
    }

    static let a = ElementLocator([ElementLocator.Candidate(.css, "#a")])

    static let commands: [(step: String, command: BrowserCommand)] = [
        (browserStep("goToUrl", #"{"value":"{{ U }}/x"}"#), .goToURL("{{ U }}/x")), (browserStep("refresh"), .refresh),
        (browserStep("click", css("#a")), .click(a, .primary, withScript: false)),
        (browserStep("click", css("#a", #","clickType":"double""#)), .click(a, .double, withScript: false)),
        (browserStep("click", css("#a", #","clickWithJavascript":true"#)), .click(a, .primary, withScript: true)),
        (browserStep("typeText", css("#a", #","value":"v","delay":25,"appendToContent":true"#)), .typeText(a, "v", delay: .milliseconds(25), appends: true)),
        (browserStep("pressKey", #"{"value":"Enter"}"#), .pressKey(Key("Enter")!, modifiers: [])),
        (browserStep("pressKey", #"{"value":"a","modifiers":["Control","Shift"]}"#), .pressKey(Key("a")!, modifiers: [Key("Control")!, Key("Shift")!])),
        (browserStep("selectOption", css("#a", #","value":"v""#)), .selectOption(a, "v")), (browserStep("hover", css("#a")), .hover(a)),
        (browserStep("scroll", #"{"y":300}"#), .scroll(nil, x: 0, y: 300)), (browserStep("drag", css("#a")), .drag(a)),
        (browserStep("drop", css("#a", #","options":{"delay":10,"offset":{"x":3,"y":4}}"#)), .drop(a, x: 3, y: 4)),
        (browserStep("wait", #"{"value":3}"#), .wait(.seconds(3))),
        (
            browserStep("extractVariable", css("#a", #","variable":{"name":"V","example":"","secure":true}"#)),
            .extractText(a, pattern: nil, into: BrowserVariable(name: "V", isSecure: true))
        ),
        (
            browserStep("extractFromJavascript", #"{"code":"return 1","variable":{"name":"V"}}"#),
            .extractFromScript("return 1", nil, into: BrowserVariable(name: "V"))
        ),
        (browserStep("assertCurrentUrl", #"{"check":"startsWith","value":"http"}"#), .assertURL(ValueCheck(.startsWith, "http"))),
        (browserStep("assertElementPresent", css("#a")), .assertPresent(a)),
        (browserStep("assertElementContent", css("#a", #","check":"isEmpty""#)), .assertContent(a, ValueCheck(.isEmpty))),
        (
            browserStep("assertElementAttribute", css("#a", #","attribute":"href","check":"greater","value":3"#)),
            .assertAttribute(a, "href", ValueCheck(.greater, "3"))
        ),
        (browserStep("assertPageContains", #"{"value":"v"}"#), .assertPageContains("v")), (browserStep("assertPageLacks", #"{"value":"v"}"#), .assertPageLacks("v")),
        (browserStep("assertFromJavascript", css("#a", #","code":"return element""#)), .assertScript("return element", a)),
        (
            browserStep("assertRequests", #"{"requests":{"url":"*","count":{"type":"between","min":1,"max":3}}}"#),
            .assertRequests(url: "*", count: ValueCheck(.between, "1,3"))
        ),
    ]

    @Test(arguments: commands.indices) func `every kind of step is read`(index: Int) throws {
        #expect(try Self.commands([Self.commands[index].step]) == [Self.commands[index].command])
    }

    @Test func `every kind of step that can run has a row above, and every other says why it cannot`() throws {
        let read = Set(Self.commands.map(\.command.typeName) + ["runApiTest"])
        for kind in BrowserStepKind.allCases {
            #expect(read.contains(kind.rawValue) == (kind.reasonNotRun == nil), "\(kind)")
        }
    }

    @Test func `a check with a step that cannot run here is skipped with the reason, never passed`() throws {
        let steps = [browserStep("assertEmail", #"{"email":{}}"#, name: "Look for the mail"), browserStep("uploadFiles", #"{"files":[]}"#, name: "Send a picture")]
        let (results, requests) = try play(browserTest(steps, config: #","variables":[{"type":"email","name":"INBOX"}]"#))
        #expect(
            results.map(\.status) == [
                .skipped(
                    "the variable INBOX needs an inbox at Datadog; the step \"Look for the mail\" (assertEmail) needs an inbox at Datadog; "
                        + "the step \"Send a picture\" (uploadFiles) needs files that are stored at Datadog")
            ])
        #expect(requests.isEmpty)
    }

    @Test func `settings are read from request, options and overrides`() throws {
        let options =
            #"{"device_ids":["chrome.tablet"],"initialNavigationTimeout":40,"disableCors":true,"disableCsp":true,"ignoreServerCertificateError":true,"blockedRequestPatterns":["*.gif"],"rumSettings":{"isEnabled":true},"retry":{"count":1,"interval":10}}"#
        let check = try Self.check(browserTest([browserStep("refresh", more: #","timeout":0"#)], options: options, config: #","setCookie":"a=1\nb=2""#))
        let settings = try #require(check.browser)
        #expect(settings.devices == [Device(.chrome, .tablet)])
        #expect(settings.navigationTimeout == .seconds(40))
        #expect(settings.allowsCrossOrigin && settings.bypassesContentSecurityPolicy && settings.allowsInsecure)
        #expect(settings.blockedURLs == ["*.gif"])
        #expect(settings.cookies == ["a=1", "b=2"])
        #expect(check.retry == RetryRule(count: 1, interval: .milliseconds(10)))
        guard case .browser(let step) = check.steps[1].action else { throw Unread() }
        #expect(step.timeout == nil)
        let overrides =
            #"{"deviceIds":["chrome.mobile_small"],"setCookies":"c=3","testTimeout":60,"defaultStepTimeout":7,"executionRule":"non_blocking","allowInsecureCertificates":false}"#
        let changed = try Self.check(
            #"{"tests":[{"localTestDefinition":\#(browserTest([browserStep("refresh")], options: options)),"testOverrides":\#(overrides)}]}"#)
        #expect(changed.executionRule == .nonBlocking)
        #expect(changed.browser?.devices == [Device(.chrome, .mobileSmall)])
        #expect(changed.browser?.cookies == ["c=3"])
        #expect(changed.browser?.testTimeout == .seconds(60))
        #expect(changed.browser?.stepTimeout == .seconds(7))
        #expect(changed.browser?.allowsInsecure == false)
    }

    @Test func `an unknown device in overrides skips the check`() throws {
        let overrides = #"{"deviceIds":["chrome.laptop"]}"#
        let json = #"{"tests":[{"localTestDefinition":\#(browserTest([browserStep("refresh")])),"testOverrides":\#(overrides)}]}"#
        let (results, requests) = try play(json)
        #expect(results.map(\.status) == [.skipped(#"there is no device "chrome.laptop"; did you mean "chrome.laptop_large"?"#)])
        #expect(requests.isEmpty)
    }

    @Test func `what a person chose wins over what was recorded, unless it may be missing`() throws {
        let recorded = #""multiLocator":{"ab":"/html/body/a","co":"[{\"text\":\"x\"}]","ro":"//*[@id=\"a\"]"}"#
        func locator(_ user: String) throws -> ElementLocator? {
            guard case .hover(let element)? = try Self.commands([browserStep("hover", #"{"element":{\#(user)\#(recorded)}}"#)]).first else { return nil }
            return element
        }
        let paths = [ElementLocator.Candidate(.xpath, "//*[@id=\"a\"]"), ElementLocator.Candidate(.xpath, "/html/body/a")]
        let values = ##""values":[{"type":"css","value":"#a"}]"##
        #expect(try locator("") == ElementLocator([], recorded: paths))
        #expect(try locator(#""userLocator":{\#(values)},"#) == ElementLocator(Self.a.chosen, recorded: paths))
        #expect(try locator(#""userLocator":{"failTestOnCannotLocate":true,\#(values)},"#) == Self.a)
    }

    @Test(arguments: [
        (browserTest([]), #"/: "steps" is missing: a browser test needs at least one"#),
        (browserTest([browserStep("refresh")]).replacing("\"config\"", with: "\"confg\""), #"/confg: a test definition has no "confg"; did you mean "config"?"#),
        (browserTest([browserStep("refresh")]).replacing(#""request":{"url":"http://h/"}"#, with: ""), #"/config: "request" is missing: its "url" is where the check begins"#),
        (browserTest([browserStep("clik")]), #"/steps/0/type: "type" is "clik"; did you mean "click"?"#),
        (browserTest([#"{"name":"s","type":"click"}"#]), #"/steps/0: "params" is missing"#),
        (browserTest([#"{"name":"s","params":{}}"#]), #"/steps/0: "type" is missing"#),
        (browserTest([browserStep("refresh", name: "")]), #"/steps/0/name: "name" is empty"#),
        (browserTest([browserStep("refresh", more: #","allowFailur":true"#)]), #"/steps/0/allowFailur: a step has no "allowFailur"; did you mean "allowFailure"?"#),
        (browserTest([browserStep("refresh", more: #","timeout":301"#)]), #"/steps/0/timeout: "timeout" must be between 0 and 300 seconds, not 301"#),
        (browserTest([browserStep("click", css("#a", #","clickTyp":"double""#))]), #"/steps/0/params/clickTyp: "params" of click has no "clickTyp"; did you mean "clickType"?"#),
        (browserTest([browserStep("click", css("#a", #","clickType":"triple""#))]), #"/steps/0/params/clickType: "clickType" is "triple"; known: "contextual", "double", "primary""#),
        (browserTest([browserStep("click")]), #"/steps/0/params: "element" is missing"#),
        (
            browserTest([browserStep("click", #"{"element":{}}"#)]),
            ##"/steps/0/params/element: "userLocator" is missing: {"values": [{"type": "css", "value": "#id"}]} says where the element is"##
        ),
        (browserTest([browserStep("click", #"{"element":{"userLocator":{"values":[]}}}"#)]), #"/steps/0/params/element/userLocator: "values" is missing: at least one is needed"#),
        (
            browserTest([browserStep("click", css("#a").replacing("\"css\"", with: "\"cs\""))]),
            #"/steps/0/params/element/userLocator/values/0/type: "type" is "cs"; did you mean "css"?"#
        ),
        (browserTest([browserStep("goToUrl", #"{"value":"h/"}"#)]), #"/steps/0/params/value: "value" must start with http://, https:// or a variable such as {{ FRONTEND_URL }}"#),
        (browserTest([browserStep("typeText", css("#a", #","value":"v","delay":-1"#))]), #"/steps/0/params/delay: "delay" must be between 0 and 10000 milliseconds, not -1"#),
        (browserTest([browserStep("pressKey", #"{"value":"Entr"}"#)]), #"/steps/0/params/value: there is no key "Entr"; did you mean "Enter"?"#),
        (browserTest([browserStep("pressKey", #"{"value":"a","modifiers":["Ctrl"]}"#)]), #"/steps/0/params/modifiers: "Ctrl" at 0 is no modifier; known: "Alt", "Control", "Meta", "Shift""#),
        (browserTest([browserStep("wait", #"{"value":301}"#)]), #"/steps/0/params/value: "value" must be between 0 and 300 seconds, not 301"#),
        (browserTest([browserStep("wait")]), #"/steps/0/params: "value" is missing: the seconds to wait"#),
        (browserTest([browserStep("scroll")]), #"/steps/0/params: "element" is missing (or "x" and "y")"#),
        (browserTest([browserStep("assertCurrentUrl", #"{"check":"equal","value":"x"}"#)]), #"/steps/0/params/check: there is no check "equal"; did you mean "equals"?"#),
        (browserTest([browserStep("assertCurrentUrl", #"{"check":"equals"}"#)]), #"/steps/0/params: "value" is missing"#),
        (browserTest([browserStep("assertCurrentUrl", #"{"check":"lower","value":"x"}"#)]), #"/steps/0/params/value: "value" of lower must be a number, not "x""#),
        (browserTest([browserStep("assertCurrentUrl", #"{"check":"between","value":"3"}"#)]), #"/steps/0/params/value: "value" of between must be two numbers such as "1,5", not "3""#),
        (browserTest([browserStep("assertCurrentUrl", #"{"check":"matchRegex","value":"("}"#)]), #"/steps/0/params/value: "(" is not a regular expression: "#),
        (browserTest([browserStep("assertFromJavascript", #"{"code":"1"}"#)]), #"/steps/0/params/code: "code" returns nothing; it is the body of a function and needs "return""#),
        (browserTest([browserStep("extractVariable", css("#a"))]), #"/steps/0/params: "variable" is missing: {"name": "NAME"}"#),
        (
            browserTest([browserStep("assertRequests", #"{"requests":{"url":"*","count":{"type":"between","min":3,"max":1}}}"#)]),
            #"/steps/0/params/requests/count/min: "min" is greater than "max""#
        ),
        (
            browserTest([browserStep("assertRequests", #"{"requests":{"url":"*","count":{"type":"contains","value":1}}}"#)]),
            #"/steps/0/params/requests/count/type: there is no check "contains"; known: "between", "equals", "greater", "greaterEquals", "lower", "lowerEquals", "notEquals""#
        ),
        (
            browserTest([browserStep("runApiTest", #"{"request":{"subtype":"http","config":{"request":{"url":"http://h"},"assertions":[]}}}"#)]),
            #"/steps/0/params/request/config: "assertions" is missing: at least one is needed"#
        ),
        (browserTest([browserStep("refresh")], options: #"{"device_ids":["chrome.laptop"]}"#), #"/options/device_ids/0: there is no device "chrome.laptop"; did you mean "chrome.laptop_large"?"#),
        (browserTest([browserStep("refresh")], options: #"{"initialNavigationTimout":3}"#), #"/options/initialNavigationTimout: "options" has no "initialNavigationTimout"; did you mean "initialNavigationTimeout"?"#),
        (browserTest([browserStep("refresh")], config: #","variables":[{"type":"txt","name":"V"}]"#), #"/config/variables/0/type: "type" is "txt"; did you mean "text"?"#),
        (
            #"{"tests":[{"localTestDefinition":\#(browserTest([browserStep("refresh")])),"testOverrides":{"testTimeout":-1}}]}"#,
            #"/tests/0/testOverrides/testTimeout: "testTimeout" must be between 0 and 86400 seconds, not -1"#
        ),
    ])
    func `a mistake is shown at its place with what is right`(json: String, message: String) throws {
        // The words of the regular expression parser are its own; columns are other tests' business.
        let found = CheckFileTests.messages(json).first ?? "nothing"
        let words = found.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? found
        #expect(found.hasPrefix("f.json:1:"))
        #expect(message.hasSuffix(": ") ? words.hasPrefix(message) : words == message || "/: " + words == message)
    }

    @Test func `all mistakes come at once`() {
        let json = browserTest(
            [browserStep("clik"), browserStep("click"), browserStep("wait", #"{"value":-1}"#)], options: #"{"device_ids":["x"]}"#)
        #expect(CheckFileTests.messages(json).count == 4)
    }

    @Test(arguments: [
        (ValueCheck(.equals, "a"), "a", true), (ValueCheck(.notEquals, "a"), "a", false), (ValueCheck(.contains, "b"), "abc", true),
        (ValueCheck(.notContains, "b"), "abc", false), (ValueCheck(.startsWith, "a"), "abc", true), (ValueCheck(.notStartsWith, "b"), "abc", true),
        (ValueCheck(.greater, "3"), "10", true), (ValueCheck(.greater, "3"), "much", false), (ValueCheck(.lower, "3"), "3", false),
        (ValueCheck(.lowerEquals, "3"), "3.0", true), (ValueCheck(.greaterEquals, "3"), "2.9", false), (ValueCheck(.between, "1, 3"), "3", true),
        (ValueCheck(.between, "1,3"), "3.1", false), (ValueCheck(.matchRegex, "[A-Z]{3,}"), "code BFRIDAY", true), (ValueCheck(.isEmpty), "", true),
        (ValueCheck(.notIsEmpty), "", false),
    ])
    func `a check holds as Datadog's does`(check: ValueCheck, actual: String, holds: Bool) throws {
        #expect(try check.holds(actual) == holds)
    }
}
