import Base
import Instrumentation
import Testing

@Suite struct SnippetTests {
    private func text(_ snippet: Snippet) -> String { String(decoding: snippet.html(), as: UTF8.self) }

    @Test func `the Datadog snippet is the agent, then its start with the environment's values`() throws {
        let html = text(.datadog(.init(environment: [
            "DD_CLIENT_TOKEN": "pub1", "DD_APPLICATION_ID": "0-1", "DD_SITE": "datadoghq.eu", "DD_SERVICE": "store-frontend", "DD_ENV": "shop", "DD_VERSION": "9",
        ])))
        #expect(html.hasPrefix("<script src=\"https://www.datadoghq-browser-agent.com/datadog-rum-v3.js\"></script>\n<script>\n"))
        for fact in [
            "clientToken: 'pub1'", "applicationId: '0-1'", "site: 'datadoghq.eu'", "service: 'store-frontend'", "env: 'shop'", "version: '1.0.0'",
            "sampleRate: 100", "trackInteractions: true", "defaultPrivacyLevel: 'mask-user-input'", "startSessionReplayRecording()",
            "setRumGlobalContext({'usr.handle': 'john@storedog.com'})", "_DATADOG_SYNTHETICS_BROWSER", "fromUtm",
        ] { #expect(html.contains(fact), "\(fact)") }
        #expect(html.matches(of: /<script/).count == 2)
    }

    @Test(arguments: [
        ("a'b", #"a\u0027b"#), ("</script><script>", #"\u003c/script\u003e\u003cscript\u003e"#), ("<!--", #"\u003c!--"#), (#"\"#, #"\\"#),
        ("a\nb\rc", #"a\nb\rc"#), ("\u{2028}", #"\u2028"#), ("é 犬", "é 犬"), ("${x}`", #"\u0024{x}\u0060"#), ("\0", #"\u0000"#),
    ])
    func `values cannot leave their string`(value: String, escaped: String) {
        let html = text(.datadog(.init(clientToken: value, applicationID: "", site: "", service: "", environment: "")))
        #expect(html.contains("clientToken: '\(escaped)',\n"))
        #expect(html.matches(of: /(?i)<\/?script/).count == 4)
    }

    @Test func `the local script is small and carries the trace`() {
        let html = text(.local(.init(service: "store-frontend", environment: "dev", version: "1.2", traceID: "0af7", spanID: "b7ad")))
        #expect(html.utf8.count < 4_096, "\(html.utf8.count)")
        #expect(html.contains("('/rum/events','store-frontend','dev','1.2','0af7','b7ad');"))
        #expect(!html.contains("//") && !html.contains("\n "))
        for vital in ["TTFB", "FCP", "LCP", "CLS", "INP"] { #expect(html.contains("'\(vital)'")) }
    }

    @Test func `a template's names are replaced and a wrong one is found`() throws {
        let snippet = try Snippet.template("<script>start('{{ DD_ENV }}')</script>\n", file: "rum.html", values: ["DD_ENV": "it's"])
        #expect(text(snippet) == "<script>start('it\\u0027s')</script>\n")
        let page = Array("<html><head></head>".utf8)
        let once = SnippetInjector.inject(snippet, into: page)
        #expect(once.count > page.count && SnippetInjector.inject(snippet, into: once) == once)
        let wrong = #expect(throws: Problem.self) { try Snippet.template("\n{{DD_EVN}}", file: "rum.html", values: ["DD_ENV": ""]) }
        #expect(wrong?.description == "rum.html:2:1: no value is named \"DD_EVN\"; did you mean \"DD_ENV\"?")
        #expect(throws: Problem.self) { try Snippet.template("{{DD_ENV", file: "rum.html", values: ["DD_ENV": ""]) }
    }
}
