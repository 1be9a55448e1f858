import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

/// The protocol against the real chromedriver and Chromium.
@Suite(.serialized, .enabled(if: hasBrowser, "chromium and chromedriver are not installed"))
struct ChromeTests {
    private static func note(_ word: String) -> String {
        browserStep("assertElementContent", css("#note", #","check":"contains","value":"\#(word)""#), name: "noted \(word)", more: #","timeout":5"#)
    }

    @Test func `every command does with a page what a person would`() throws {
        let steps = [
            browserStep("assertElementContent", css("h1", #","check":"equals","value":"Bags & mugs""#)),
            browserStep("click", css("#late")), Self.note("late"),
            browserStep("click", css("#double", #","clickType":"double""#)), Self.note("double"),
            browserStep("click", css("#menu", #","clickType":"contextual""#)), Self.note("menu"),
            browserStep("hover", css("#over")), Self.note("over"),
            browserStep("drag", css("#from")), browserStep("drop", css("#to")), Self.note("drop"),
            browserStep("click", css("#ask")), Self.note("asked"),
            browserStep("selectOption", css("#colour", #","value":"Green""#)),
            browserStep("assertElementContent", css("#colour", #","check":"equals","value":"g""#)),
            browserStep("typeText", css("#name", #","value":"Añ😀","delay":10"#)),
            browserStep("typeText", css("#name", #","value":"!","appendToContent":true"#)),
            browserStep("assertElementContent", css("#name", #","check":"equals","value":"Añ😀!""#)),
            browserStep("pressKey", #"{"value":"B","modifiers":["Shift"]}"#), Self.note("shift"),
            browserStep("assertElementAttribute", css("#next", #","attribute":"data-code","check":"matchRegex","value":"^[A-Z]{3,}$""#)),
            browserStep("assertElementPresent", css("#hidden")), browserStep("assertPageLacks", #"{"value":"secret"}"#),
            browserStep("scroll", css("#bottom")),
            browserStep("assertFromJavascript", #"{"code":"await 0; return Number(document.body.dataset.scrolled) > 1000;"}"#),
            browserStep("extractFromJavascript", #"{"code":"return {a: [1]}","variable":{"name":"OBJECT"}}"#),
            browserStep("assertFromJavascript", css("h1", #","code":"return element.tagName === 'H1' && vars.OBJECT === '{\"a\":[1]}';""#)),
            browserStep("extractVariable", css("#next", #","variable":{"name":"WORD"}"#)),
            browserStep("click", css("#next", #","clickWithJavascript":true"#)),
            browserStep("assertCurrentUrl", #"{"check":"equals","value":"{{ SITE }}/second?q=1"}"#),
            browserStep("goToUrl", #"{"value":"{{ SITE }}/?word={{ WORD }}"}"#), browserStep("pressKey", #"{"value":"Tab"}"#),
            browserStep("assertCurrentUrl", #"{"check":"contains","value":"word=Next"}"#),
            browserStep("typeText", css("#name", #","value":"x""#)), browserStep("pressKey", #"{"value":"Enter"}"#),
            browserStep("assertPageContains", #"{"value":"Second page"}"#), browserStep("refresh"),
            browserStep("assertRequests", #"{"requests":{"url":"*/second*","count":{"type":"equals","value":3}}}"#, more: #","timeout":5"#),
        ]
        let result = try TestSite.play(browserTest(steps, url: "{{ SITE }}/"))[0]
        #expect(result.status == .passed, "\(result.steps.last { $0.failure != nil }.map { "\($0.name): \($0.failure!)" } ?? "")")
        #expect(result.steps.count == steps.count + 1)
        let complaints = result.steps.flatMap { $0.browser?.complaints ?? [] }
        #expect(complaints.contains { $0.kind == .network && $0.text.contains("/missing.png") })
        #expect(complaints.contains { $0.kind == .js && $0.text.contains("oops is not defined") })
    }

    @Test func `what a page does not let a person do fails with its code, and is pictured`() throws {
        func failing(_ type: String, _ params: String) -> String { browserStep(type, params, name: type, more: #","timeout":1,"allowFailure":true"#) }
        let steps = [
            failing("click", css("#nothing")), failing("click", css("#[")), failing("click", css("#hidden")), failing("click", css("#never")),
            failing("selectOption", css("#colour", #","value":"Blue""#)), failing("assertFromJavascript", #"{"code":"return nothing.here"}"#),
            failing("assertFromJavascript", #"{"code":"return )"}"#), failing("assertPageContains", #"{"value":"Hats"}"#),
            failing("extractVariable", css("#empty", #","variable":{"name":"V"}"#)), failing("goToUrl", #"{"value":"http://127.0.0.1:1/"}"#),
            failing("goToUrl", #"{"value":"{{ CLOSED }}/"}"#), failing("goToUrl", #"{"value":"{{ SITE }}/slow"}"#), failing("assertFromJavascript", #"{"code":"return new Promise(() => {})"}"#),
        ]
        let result = try TestSite.play(browserTest(steps, url: "{{ SITE }}/"))[0]
        #expect(
            result.steps.dropFirst().map { $0.failure?.code } == [
                .locateElement, .invalidTest, .invisibleElement, .elementNotInteractable, .selectOption, .evaluateJavaScript, .evaluateJavaScript,
                .assertionFailure, .extractVariable, .openURL, .openURL, .openURL, .stepTimeout,
            ])
        #expect(result.status == .passed)
        for step in result.steps.dropFirst() {
            #expect(step.duration < .seconds(4), "\(step.name)")
            #expect(step.browser?.screenshot?.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true, "\(step.name)")
        }
    }

    @Test func `cookies, headers and passwords reach the server, from a page of the device's size`() throws {
        let sent = browserTest(
            [
                browserStep("assertPageContains", #"{"value":"X-A: w"}"#), browserStep("assertPageContains", #"{"value":"a=1"}"#),
                browserStep("assertFromJavascript", #"{"code":"return innerWidth === 768 && innerHeight === 1020 && document.cookie === 'a=1';"}"#),
            ], url: "{{ SITE }}/sent", options: #"{"device_ids":["chrome.tablet"]}"#, config: #","setCookie":"a=1\nb=2; HttpOnly""#)
        let closed = browserTest(
            [browserStep("assertElementContent", css("#who", #","check":"equals","value":"Basic dTpw""#)), browserStep("assertFromJavascript", #"{"code":"return document.title === '200'"}"#)],
            url: "{{ SITE }}/closed")
        let results = try TestSite.play(
            #"{"tests":[{"localTestDefinition":\#(sent),"testOverrides":{"headers":{"X-A":"w"},"defaultStepTimeout":4}},{"localTestDefinition":\#(closed),"testOverrides":{"basicAuth":{"username":"u","password":"p"},"defaultStepTimeout":4}}]}"#
        )
        for result in results { #expect(result.status == .passed, "\(String(describing: result.failure))") }
    }

    /// The machine with a `chromedriver` of ours before its own.
    private static func play(driver script: String) throws -> CheckResult {
        let folder = try TemporaryFolder(in: machine["TMPDIR"] ?? "/tmp", prefix: "driver")
        defer { folder.delete() }
        try script.write(toFile: folder.path + "/chromedriver", atomically: true, encoding: .utf8)
        chmod(folder.path + "/chromedriver", 0o755)
        var environment = machine
        environment["REAL_PATH"] = machine["PATH"]
        environment["PATH"] = folder.path + ":" + (machine["PATH"] ?? "")
        environment["MARK"] = folder.path + "/mark"
        return try TestSite.play(browserTest([browserStep("refresh")], url: "{{ SITE }}/"), environment: environment)[0]
    }

    @Test func `a driver that finds its port taken is started again`() throws {
        let result = try Self.play(
            driver: """
                #!/bin/sh
                if [ ! -e "$MARK" ]; then touch "$MARK"; echo "IPv4 port not available. Exiting..."; exit 1; fi
                PATH="$REAL_PATH"; exec chromedriver "$@"
                """)
        #expect(result.status == .passed, "\(String(describing: result.failure))")
    }

    @Test func `a driver that does not start says why`() throws {
        let result = try Self.play(driver: "#!/bin/sh\necho 'libnone.so: cannot open' >&2; exit 127\n")
        #expect(result.failure == CheckFailure(.unavailableBrowser, "chromedriver ended before it was ready: libnone.so: cannot open"))
    }

    @Test(arguments: ["", "/nowhere"]) func `without the programs on the path nothing is started`(path: String) throws {
        #expect(throws: BrowserProblem.absent(
            "no Chromium and no chromedriver on this machine's PATH; install both, on Debian and Ubuntu: apt-get install chromium chromium-driver")) {
            try Programs(["PATH": path])
        }
    }
}
