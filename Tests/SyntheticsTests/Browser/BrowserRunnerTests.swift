import Base
import HTTP
import Testing

@testable import Synthetics

/// How steps are played and judged, against a driver that answers from a script, in simulated time.
@Suite struct BrowserRunnerTests {
    @Test func `the start URL is opened first, under the name that Datadog gives it`() throws {
        let (results, requests) = try play(browserTest([browserStep("click", css("#a"))], url: "{{ U }}/x"), sources: VariableSources(given: ["U": "http://h"]))
        #expect(results[0].status == .passed)
        #expect(results[0].steps.map(\.name) == ["Navigate to start URL", "s"])
        #expect(results[0].steps[0].browser?.value == "http://h/x")
        #expect(
            requests.commands == [
                #"POST /url {"url":"http://h/x"}"#, ##"POST /element {"using":"css selector","value":"#a"}"##, "GET /element/e/enabled",
                "POST /element/e/click",
            ])
        #expect(requests.last?.method == "DELETE")
    }

    @Test func `a browser is as large as the device, once for each`() throws {
        let (results, requests) = try play(
            browserTest([browserStep("refresh")], options: #"{"device_ids":["chrome.laptop_large","chrome.mobile_small","firefox.tablet"]}"#))
        #expect(results.map(\.browser?.device.id) == ["chrome.laptop_large", "chrome.mobile_small", nil])
        #expect(results[2].status == .skipped("the device firefox.tablet needs another browser than Chrome, which is the only one that runs here"))
        let sizes = requests.filter { $0.url == "http://d/session" }.compactMap { request -> String? in
            let options = (try? Value.parse(json: request.body))?["capabilities"]?["alwaysMatch"]?["goog:chromeOptions"]
            return options?["mobileEmulation"]?["deviceMetrics"].map { "\($0["width"]!.text)x\($0["height"]!.text) \($0["mobile"]!.text)" }
        }
        #expect(Set(sizes) == ["1440x1100 false", "320x550 true"])
    }

    @Test func `a machine without a browser skips the check and says what to install`() throws {
        let (results, requests) = try play(browserTest([browserStep("refresh")]), browsers: NoBrowsers())
        #expect(results[0].status == .skipped("install one"))
        #expect(requests.isEmpty)
    }

    @Test func `a browser that does not start fails the check`() throws {
        let (results, _) = try play(browserTest([browserStep("refresh")]), ["POST http://d/session": [.refusal("session not created", "no sandbox")]])
        #expect(results[0].failure == CheckFailure(.unavailableBrowser, "no sandbox"))
    }

    // MARK: Failures

    static let click = browserStep("click", css("#a"))

    static let refusals: [(step: String, script: [String: [DriverAnswer]], code: FailureCode, message: String)] = [
        (click, ["POST /element": [.refusal("no such element")]], .locateElement, ##"nothing on the page matches css "#a""##),
        (click, ["POST /element": [.refusal("invalid selector")]], .invalidTest, ##""#a" is not a CSS selector"##),
        (click, ["GET /element/e/enabled": [.value("false")]], .elementNotInteractable, ##"css "#a" is disabled"##),
        (
            click, ["POST /element/e/click": [.refusal("element not interactable")], "GET /element/e/displayed": [.value("false")]], .invisibleElement,
            ##"css "#a" is not visible"##
        ),
        (
            click, ["POST /element/e/click": [.refusal("element click intercepted", "covered")], "GET /element/e/displayed": [.value("true")]],
            .elementNotInteractable, "covered"
        ),
        (click, ["POST /element/e/click": [.refusal("stale element reference")]], .locateElement, "it said no"),
        (click, ["POST /element/e/click": [.refusal("timeout")]], .stepTimeout, "Step failed because it took more than 20 seconds."),
        (
            click, ["POST /element/e/click": [.failure(.timedOut(after: .seconds(23)))]], .stepTimeout,
            "Step failed because it took more than 20 seconds."
        ),
        (click, ["POST /element/e/click": [.refusal("invalid session id", "crashed")]], .unavailableBrowser, "the browser is gone: crashed"),
        (
            click, ["POST /element/e/click": [.failure(.connectionReset)]], .unavailableBrowser, "the browser is gone: the connection was reset"
        ),
        (click, ["POST /element/e/click": [.response(200, "<html>", Headers())]], .unknown, "the driver answered 200 with something else than the protocol's JSON"),
        (
            browserStep("goToUrl", #"{"value":"http://h/2"}"#), ["POST /url": [.value("null"), .refusal("unknown error", "net::ERR_CONNECTION_REFUSED")]],
            .openURL, "net::ERR_CONNECTION_REFUSED"
        ),
        (
            browserStep("goToUrl", #"{"value":"http://h/2"}"#), ["POST /url": [.value("null"), .refusal("timeout")]], .openURL,
            "http://h/2 did not load in time"
        ),
        (
            browserStep("goToUrl", #"{"value":"https://h/2"}"#), ["POST /url": [.value("null"), .refusal("unknown error", "net::ERR_CERT_AUTHORITY_INVALID")]],
            .serverCertificate, "net::ERR_CERT_AUTHORITY_INVALID"
        ),
        (browserStep("goToUrl", #"{"value":"https://h/2"}"#), ["POST /url": [.value("null"), .refusal("insecure certificate")]], .serverCertificate, "it said no"),
        (
            browserStep("assertFromJavascript", #"{"code":"return x"}"#), ["POST /execute/async": [.refusal("javascript error", "x is not defined")]],
            .evaluateJavaScript, "x is not defined"
        ),
        (
            browserStep("assertFromJavascript", #"{"code":"return x"}"#), ["POST /execute/async": [.value(#"{"error":"TypeError: x"}"#)]],
            .evaluateJavaScript, "TypeError: x"
        ),
        (
            browserStep("assertFromJavascript", #"{"code":"return 0"}"#), ["POST /execute/async": [.value(#"{"value":false}"#)]], .assertionFailure,
            "the code returned nothing that is true"
        ),
        (
            browserStep("assertPageContains", #"{"value":"Cart"}"#), ["POST /execute/sync": [.value(#""Oh\nno""#)]], .assertionFailure,
            #"the page should contain "Cart". It says: "Oh no""#
        ),
        (
            browserStep("assertElementContent", css("h1", #","check":"equals","value":"Cart""#)), ["POST /execute/sync": [.value(#""Card""#)]],
            .assertionFailure, #"the content of css "h1" should be "Cart". Actual: "Card""#
        ),
        (
            browserStep("assertCurrentUrl", #"{"check":"contains","value":"/cart"}"#), [:], .assertionFailure,
            #"the URL should contain "/cart". Actual: "http://h/""#
        ),
        (
            browserStep("extractVariable", css("h1", #","variable":{"name":"V"}"#)), ["POST /execute/sync": [.value(#""""#)]], .extractVariable,
            #"no value for V: css "h1" is empty"#
        ),
        (
            browserStep("extractFromJavascript", #"{"code":"return null","variable":{"name":"V"}}"#), ["POST /execute/async": [.value(#"{"value":null}"#)]],
            .extractVariable, "no value for V: the code returned nothing"
        ),
        (
            browserStep("selectOption", css("select", #","value":"Two""#)), [:], .selectOption,
            #"css "select" has no option "Two""#
        ),
        (browserStep("click", css("{{ NOWHERE }}")), [:], .invalidTest, #"no value for {{ NOWHERE }}; known: "public-id", "result-id"; give one with --variable NOWHERE=VALUE"#),
    ]

    @Test(arguments: refusals.indices) func `what the driver refuses has Datadog's code`(index: Int) throws {
        let (step, script, code, message) = Self.refusals[index]
        let (results, _) = try play(browserTest([step]), script)
        #expect(results[0].failure == CheckFailure(code, message))
        #expect(results[0].steps.map(\.status) == [.passed, .failed])
    }

    @Test func `a step looks again until its own limit, else the check's`() throws {
        let missing = ["POST /element": [DriverAnswer.refusal("no such element")]]
        let (results, _) = try play(browserTest([browserStep("click", css("#a"), more: #","timeout":3"#)]), missing)
        #expect(results[0].duration > .milliseconds(2_800))
        #expect(results[0].duration <= .seconds(3))
        let overrides = #"{"defaultStepTimeout":5}"#
        let (others, _) = try play(#"{"tests":[{"localTestDefinition":\#(browserTest([Self.click])),"testOverrides":\#(overrides)}]}"#, missing)
        #expect(others[0].duration > .milliseconds(4_800))
        #expect(others[0].duration <= .seconds(5))
    }

    @Test func `what comes late is found`() throws {
        let late: [DriverAnswer] = Array(repeating: .refusal("no such element"), count: 40) + [.element]
        let (results, _) = try play(browserTest([Self.click]), ["POST /element": late])
        #expect(results[0].status == .passed)
        #expect(results[0].duration == .seconds(4))
    }

    @Test func `the limit of the check cuts steps and waits`() throws {
        func result(_ steps: [String]) throws -> CheckResult {
            let test = #"{"tests":[{"localTestDefinition":\#(browserTest(steps)),"testOverrides":{"testTimeout":10}}]}"#
            return try play(test, ["POST /element": [.refusal("no such element")]]).results[0]
        }
        for step in [Self.click, browserStep("wait", #"{"value":30}"#)] {
            let cut = try result([step])
            #expect(cut.failure == CheckFailure(.testTimeout, "the check took more than 10 seconds."))
            #expect(cut.duration <= .seconds(10))
        }
        #expect(try result([browserStep("wait", #"{"value":9}"#)]).status == .passed)
    }

    @Test func `a dialog is told and the step goes on`() throws {
        let once: [DriverAnswer] = [.refusal("unexpected alert open", dialog: "Sold out"), .refusal("no such element")]
        let (results, _) = try play(browserTest([Self.click]), ["POST /element": once])
        #expect(results[0].failure?.code == .locateElement)
        #expect(results[0].failure?.message.hasSuffix(##"(The page said in a dialog: "Sold out".)"##) == true)
    }

    @Test func `a failed step leaves a picture, the page's address and its complaints`() throws {
        let log = DriverAnswer.value(#"[{"level":"SEVERE","source":"network","message":"http://h/ads - 500"},{"level":"INFO","message":"hi"}]"#)
        let (results, _) = try play(browserTest([Self.click]), ["POST /element": [.refusal("no such element")], "POST /se/log": [.value("[]"), log]])
        let detail = try #require(results[0].steps[1].browser)
        #expect(detail.url == "http://h/")
        #expect(detail.complaints == [PageComplaint(kind: .network, text: "http://h/ads - 500")])
        #expect(detail.screenshot?.bytes == [0x89, 0x50, 0x4e, 0x47])
    }

    @Test(arguments: [(#","noScreenshot":true"#, "{}"), ("", #"{"noScreenshot":true}"#)])
    func `no picture is taken of a step or check that forbids it`(more: String, options: String) throws {
        let step = browserStep("click", css("#a"), more: more)
        let (results, _) = try play(browserTest([step], options: options), ["POST /element": [.refusal("no such element")]])
        #expect(results[0].status == .failed)
        #expect(results[0].steps[1].browser?.screenshot == nil)
    }

    @Test(arguments: [
        ("", [StepResult.Status.passed, .failed, .skipped, .passed], CheckResult.Status.failed),
        (#","allowFailure":true"#, [.passed, .failed, .passed, .passed], .passed),
        (#","allowFailure":true,"isCritical":true"#, [.passed, .failed, .passed, .passed], .failed),
    ])
    func `a failed step ends the check unless it may fail, and some steps always run`(
        more: String, statuses: [StepResult.Status], status: CheckResult.Status
    ) throws {
        let steps = [browserStep("click", css("#a"), more: more), browserStep("refresh"), browserStep("refresh", more: #","alwaysExecute":true"#)]
        let (results, _) = try play(browserTest(steps), ["POST /element": [.refusal("no such element")]])
        #expect(results[0].steps.map(\.status) == statuses)
        #expect(results[0].status == status)
    }

    // MARK: Values

    @Test func `values go from the page into texts, addresses, requests and code`() throws {
        let extract = browserStep("extractVariable", css("b", #","variable":{"name":"ID"},"pattern":{"type":"regex","value":"no. (\\d+)"}"#))
        let request = browserStep(
            "runApiTest",
            #"{"request":{"subtype":"http","config":{"request":{"url":"http://h/{{ ID }}"},"assertions":[{"type":"statusCode","operator":"is","target":200}]}}}"#)
        let code = browserStep("assertFromJavascript", #"{"code":"return vars.ID + '{{ ID }}' + '{{ other }}'"}"#)
        let (results, requests) = try play(
            browserTest([extract, request, browserStep("typeText", css("i", #","value":"<{{ ID }}>""#)), code]),
            [
                "POST /execute/sync": [.value(#""Order no. 42""#)], "GET http://h/42": [.ok("")], "POST /execute/async": [.value(#"{"value":true}"#)],
            ])
        #expect(results[0].status == .passed, "\(String(describing: results[0].failure))")
        #expect(requests.commands.contains(#"POST /element/e/value {"text":"<42>"}"#))
        let script = try #require(requests.commands.last)
        #expect(script.contains(#"return vars.ID + '42' + '{{ other }}'"#))
        #expect(script.hasSuffix(#""args":[{"ID":"42"},null]}"#))
    }

    @Test func `secret values stay out of results`() throws {
        let config = #","variables":[{"type":"text","name":"S","pattern":"hunter2","secure":true}]"#
        let steps = [
            browserStep("typeText", css("i", #","value":"{{ S }}""#)), browserStep("assertPageContains", #"{"value":"{{ S }}!"}"#, more: #","timeout":1"#),
        ]
        let (results, requests) = try play(browserTest(steps, config: config), ["POST /execute/sync": [.value(#""I heard hunter2""#)]])
        #expect(requests.commands.contains(#"POST /element/e/value {"text":"hunter2"}"#))
        let report = RunReport(results: results, duration: .zero)
        let shown = JSONReport.document(report).json() + ConsoleReport(usesColour: false).text(report) + JUnitReport.xml(report)
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("I heard ******"))
    }

    @Test func `a browser is told about cookies, headers and passwords before it opens anything`() throws {
        let overrides =
            #"{"startUrl":"http://h/new","headers":{"X-A":"{{ V }}"},"cookies":{"append":true,"value":"a=1; b=2"},"basicAuth":{"username":"u","password":"p:w"},"variables":{"V":"w"}}"#
        let test = browserTest([browserStep("refresh")], config: #","setCookie":"c=3; Path=/x; HttpOnly; SameSite=lax\n""#)
        let (results, requests) = try play(#"{"tests":[{"localTestDefinition":\#(test),"testOverrides":\#(overrides)}]}"#)
        #expect(results[0].status == .passed)
        #expect(
            requests.commands.dropLast() == [
                #"POST /goog/cdp/execute {"cmd":"Network.enable","params":{}}"#,
                #"POST /goog/cdp/execute {"cmd":"Network.setExtraHTTPHeaders","params":{"headers":{"X-A":"w"}}}"#,
                #"POST /goog/cdp/execute {"cmd":"Network.setCookie","params":{"name":"c","value":"3","url":"http://h/new","path":"/x","httpOnly":true,"sameSite":"Lax"}}"#,
                #"POST /goog/cdp/execute {"cmd":"Network.setCookie","params":{"name":"a","value":"1","url":"http://h/new"}}"#,
                #"POST /goog/cdp/execute {"cmd":"Network.setCookie","params":{"name":"b","value":"2","url":"http://h/new"}}"#,
                #"POST /url {"url":"http://u:p%3Aw@h/new"}"#, #"POST /url {"url":"http://h/new"}"#,
            ])
    }

    @Test func `an override's start URL can name parts of the check's own, and be rewritten`() throws {
        let overrides = #"{"startUrl":"https://new{{ PATHNAME }}","startUrlSubstitutionRegex":"new|newer"}"#
        let test = browserTest([browserStep("refresh")], url: "http://h/a")
        let (results, requests) = try play(#"{"tests":[{"localTestDefinition":\#(test),"testOverrides":\#(overrides)}]}"#)
        #expect(results[0].status == .passed)
        #expect(requests.commands[0] == #"POST /url {"url":"https://newer/a"}"#)
    }

    @Test func `two browsers run at a time, beside the checks of interfaces`() throws {
        let browsers = (0..<4).map { browserTest([browserStep("wait", #"{"value":10}"#)], name: "b\($0)") }
        let (results, _) = try play("[\((browsers + [definition()]).joined(separator: ","))]", ["GET http://h/": [.late(.seconds(5), 200)]])
        #expect(results.map(\.name) == ["b0", "b1", "b2", "b3", "c"])
        #expect(results.map(\.finished.seconds) == [10, 10, 20, 20, 5])
    }

    // MARK: Requests of the page

    @Test(arguments: [
        (#"{"url":"http://h/a*","count":{"type":"equals","value":2}}"#, true), (#"{"url":"http://h/a","count":{"type":"equals","value":1}}"#, true),
        (#"{"url":"*","count":{"type":"between","min":4,"max":9}}"#, false), (#"{"url":"*.png","count":{"type":"greater","value":0}}"#, true),
        (#"{"url":"http://*/a/*.png","count":{"type":"lower","value":2}}"#, true),
    ])
    func `requests are counted by their address`(requests: String, passes: Bool) throws {
        let log = ["http://h/a", "http://h/a/b.png", "http://x/"].map { url in
            #"{"message":"{\"message\":{\"method\":\"Network.requestWillBeSent\",\"params\":{\"request\":{\"url\":\"\#(url)\"}}}}"}"#
        }
        let other = #"{"message":"{\"message\":{\"method\":\"Network.responseReceived\",\"params\":{}}}"}"#
        let (results, sent) = try play(
            browserTest([browserStep("assertRequests", #"{"requests":\#(requests)}"#, more: #","timeout":1"#)]),
            ["POST /se/log": [.value("[]"), .value("[\((log + [other]).joined(separator: ","))]"), .value("[]")]])
        #expect(results[0].status == (passes ? .passed : .failed), "\(String(describing: results[0].failure))")
        #expect(String(decoding: sent[0].body, as: UTF8.self).contains(#""performance":"ALL""#))
    }
}
