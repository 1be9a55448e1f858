import Base
import Foundation
import HTTP
import Testing

@testable import Synthetics

@Suite struct ProbeTests {
    static func messages(_ step: String) -> [String] {
        let text = #"{"description": "d", "visits": [{"name": "v", "steps": [\#(step)]}]}"#
        do { _ = try ProbeReader.read(text.utf8, file: "p.json"); return [] } catch { return error.list.map(\.description) }
    }

    static let mistakes: [(step: String, message: String)] = [
        (#"{"name": "s"}"#, #"/visits/0/steps/0: "request" is missing (or "waitSeconds")"#),
        (#"{"name": "s", "waitSeconds": 1, "request": {"url": "http://a"}}"#, "a step either sends a request or waits"),
        (#"{"name": "s", "waitSeconds": 0}"#, #""waitSeconds" must be between 1 and 86400 seconds, not 0"#),
        (#"{"name": "s", "waitSeconds": 1, "tiems": 2}"#, #"a step has no "tiems"; did you mean "times"?"#),
        (#"{"name": "s", "request": {"url": "ftp://a"}}"#, "/visits/0/steps/0/request/url: "),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n"}]}"#, #"/values/0: "json" is missing: one of "#),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "json": "$.a", "text": "b"}]}"#, "can say where the value is"),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "json": "$["}]}"#, "is not a JSON path"),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "text": "("}]}"#, "is not a regular expression"),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "text": "a", "pattern": "b"}]}"#, #""pattern" belongs to "header""#),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "text": "a", "order": "no"}]}"#, #""order" is "no""#),
        (#"{"name": "s", "waitSeconds": 1, "values": [{"name": "n", "rows": {"sql": "s"}}]}"#, #"/values/0/rows: "database" is missing"#),
        (#"{"name": "s", "waitSeconds": 1, "keep": {"A": {}}}"#, #"/keep/A: "json" is missing (or "body", or "header")"#),
    ]

    @Test(arguments: mistakes) func `a mistake in a probe has its place`(step: String, message: String) {
        #expect(Self.messages(step).contains { $0.hasPrefix("p.json:1:") && $0.contains(message) }, "\(Self.messages(step))")
    }

    @Test func `the schema beside the packs is the program's`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Packs/\(ProbeSchema.fileName)").standardized
        #expect(try String(contentsOf: file, encoding: .utf8) == ProbeSchema.document.json(.pretty), "run: shophost schemas Packs")
    }

    // MARK: Reading answers

    static func find(_ source: ProbeValue.Source, in body: String, headers: Headers = [:], list: [Value] = []) -> [Value] {
        let response = ClientResponse(
            status: 200, httpVersion: "1.1", headers: headers, body: Array(body.utf8), timings: ClientResponse.Timings(), effectiveURL: "", remoteAddress: "")
        return ProbeDocument(response).find(source, list: list) { $0.replacing("{{ X }}", with: "7") }
    }

    static let page = """
        <html><head><title>Shop</title><style>b { color: "$1" }</style><script>var price = "$2";</script></head>
        <body class="a"><!-- $3 --><b>Fish &amp;
          chips</b><input type="hidden" value="$4"><input name="q" value="$5.00"><img alt="$6" src="data:image/png;base64,AAAA">&lt;7&gt; é &unknown;</body></html>
        """

    @Test func `of a page counts what a person sees`() {
        #expect(VisibleText.of(html: Array(Self.page.utf8)) == "Shop Fish & chips $5.00 <7> é &unknown; ")
        #expect(Self.find(.text("\\$\\d"), in: Self.page) == ["$5"])
        #expect(Self.find(.mentions(query), in: Self.page, list: ["chips", "price", "Fish & chips"]) == ["chips", "Fish & chips"])
        #expect(VisibleText.of(html: Array("<b>open <script>x".utf8)) == "open ")
        #expect(VisibleText.of(html: Array("a & b &".utf8)) == "a & b &")
    }

    private var query: ProbeQuery { ProbeQuery(database: "d", sql: "s", location: SourceLocation(file: "", line: 1, column: 1)) }

    @Test func `of other answers counts what the source names`() throws {
        #expect(Self.find(.body("alt=\"([^\"]*)\""), in: Self.page) == ["$6"])
        #expect(Self.find(.body("<{{ X }}>|&lt;({{ X }})"), in: Self.page) == ["7"])
        #expect(Self.find(.json(try JSONPath("$[*].a")), in: #"[{"a": 1}, {"a": "x"}]"#) == [1, "x"])
        #expect(Self.find(.json(try JSONPath("$")), in: "no JSON") == [])
        #expect(Self.find(.header("Location", pattern: nil), in: "", headers: ["location": "/a/1"]) == ["/a/1"])
        #expect(Self.find(.header("Location", pattern: "/(\\w)/"), in: "", headers: ["location": "/a/1"]) == ["a"])
        #expect(Self.find(.rows(query), in: "", list: [1]) == [1])
    }
}
