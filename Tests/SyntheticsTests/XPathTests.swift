import Base
import HTTP
import Testing

@testable import Synthetics

@Suite struct XPathTests {
    typealias Row = AssertionRow

    /// Not well-formed, as pages are.
    static let page = """
        <!doctype html><html><head><title>Störedog</title><meta charset="utf-8"></head>
        <body><h1 class=big>Storedog &amp; Co</h1><p>One<p>Two<br><ul><li>1<li>22<li>3</ul><a href="/cart">Cart</a></body>
        """
    static let feed = """
        <?xml version="1.0"?><feed xmlns:m="urn:m"><m:item price="5">Böne</m:item><m:item price="7">Toy</m:item><count>2</count></feed>
        """

    static func holds(_ assertion: String, _ body: String, _ type: String?) throws -> Bool {
        let headers = type.map { Headers(["Content-Type": $0]) } ?? Headers()
        let (results, _, _) = try run(definition(assertions: "[\(assertion)]"), ["GET http://h/": [.ok(body, headers)]])
        return results[0].status == .passed
    }

    @Test(arguments: [
        Row(Row.xPath("//h1", "contains", "\"Storedog\""), true), Row(Row.xPath("//h1", "contains", "\"Shop\""), false),
        Row(Row.xPath("//h1", "doesNotContain", "\"Shop\""), true), Row(Row.xPath("//h1", "doesNotContain", "\"Store\""), false),
        Row(Row.xPath("//title", "is", "\"Störedog\""), true), Row(Row.xPath("//title", "is", "\"Storedog\""), false),
        Row(Row.xPath("//h1/@class", "is", "\"big\""), true), Row(Row.xPath("//h1/@class", "isNot", "\"big\""), false),
        Row(Row.xPath("//h1", "matches", "\"& Co$\""), true), Row(Row.xPath("//h1", "matches", "\"^Co\""), false),
        Row(Row.xPath("//h1", "doesNotMatch", "\"^Co\""), true), Row(Row.xPath("//h1", "doesNotMatch", "\"Co\""), false),
        Row(Row.xPath("//li[2]", "moreThan", "21"), true), Row(Row.xPath("//li[2]", "moreThan", "22"), false),
        Row(Row.xPath("//li[2]", "lessThanOrEqual", "22"), true), Row(Row.xPath("//li[2]", "lessThan", "22"), false),
        Row(Row.xPath("count(//li)", "is", "3"), true), Row(Row.xPath("count(//li)", "moreThanOrEqual", "4"), false),
        Row(Row.xPath("//p[2]", "is", "\"Two\""), true), Row(Row.xPath("boolean(//nav)", "is", "false"), true),
        Row(Row.xPath("string(//a/@href)", "is", "\"/cart\""), true), Row(Row.xPath("//nav", "isUndefined", nil), true),
        Row(Row.xPath("//h1", "isUndefined", nil), false), Row(Row.xPath("//nav", "contains", "\"\""), false),
        Row(Row.xPath("//li", "is", "1"), true),
    ])
    func `pages are asked as browsers read them`(row: Row) throws {
        #expect(try Self.holds(row.assertion, Self.page, "text/html; charset=utf-8") == row.holds)
        // UTF-8 is found out when nobody says it.
        #expect(try Self.holds(row.assertion, Self.page, nil) == row.holds)
    }

    @Test(arguments: [
        Row(Row.xPath("//m:item[1]", "is", "\"Böne\""), true), Row(Row.xPath("//m:item/@price", "is", "5"), true),
        Row(Row.xPath("sum(//m:item/@price)", "is", "12"), true), Row(Row.xPath("//count", "is", "3"), false),
        Row(Row.xPath("//m:item[2]/@price", "moreThan", "6"), true), Row(Row.xPath("//ITEM", "isUndefined", nil), true),
    ])
    func `XML has case and namespaces`(row: Row) throws {
        #expect(try Self.holds(row.assertion, Self.feed, "application/xml") == row.holds)
        #expect(try Self.holds(row.assertion, Self.feed, nil) == row.holds)
    }

    @Test(arguments: [
        ("<feed><open></feed>", "application/atom+xml", "//feed", "The body is not XML: line 1: "),
        ("", "text/html", "//h1", "The body is empty"),
    ])
    func `a body that cannot be read fails and says why`(body: String, type: String, path: String, reason: String) throws {
        let assertion = "[\(Row.xPath(path, "isUndefined", nil))]"
        let (results, _, _) = try run(definition(assertions: assertion), ["GET http://h/": [.ok(body, Headers(["Content-Type": type]))]])
        // Which of a document's errors the library names last differs between its releases.
        #expect(results[0].steps[0].assertions.first?.reason?.hasPrefix(reason) == true)
        #expect(results[0].failure?.code == .incorrectAssertion)
    }

    @Test(arguments: [
        ("//m:item", "a namespace prefix that the document does not declare"), ("matches(//h1, 'a')", "a function that XPath 1.0 does not have"),
        ("//h1[$x]", "a variable, which nothing defines here"), ("count(1)", "a value of the wrong type"), ("count()", "a function with the wrong number of arguments"),
        ("//*[count(//*[count(//*) > 1]) > 1]", "it takes too long on this document"),
    ])
    func `what no document answers is the test's fault`(path: String, reason: String) throws {
        let body = Self.page + String(repeating: "<div><div><div><p>x</p></div></div></div>", count: 200)
        let (results, _, _) = try run(definition(assertions: "[\(Row.xPath(path, "is", "1"))]"), ["GET http://h/": [.ok(body)]])
        #expect(results[0].failure == CheckFailure(.invalidTest, "the XPath \(path) cannot be evaluated: \(reason)"))
    }

    @Test(arguments: ["", "//h1[", "//h1)", "1 +", "'a", "/h1//", "@"])
    func `what is no XPath is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try XPath(text) }
    }

    @Test func `entities are neither loaded nor blown up`() throws {
        let secret = #"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>"#
        let bomb =
            #"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">"# + (0..<12).map { n in
                let (name, last) = (String(UnicodeScalar(UInt8(98 + n))), String(UnicodeScalar(UInt8(97 + n))))
                return "<!ENTITY \(name) \"\(String(repeating: "&\(last);", count: 10))\">"
            }.joined() + "]><a>&m;</a>"
        for body in [secret, bomb] {
            guard let document = try? MarkupDocument(Array(body.utf8), contentType: "text/xml") else { continue }
            let found = try? XPath("string(/a)").evaluate(on: document)
            #expect((found ?? nil)?.text.count ?? 0 < 1_000_000)
            #expect((found ?? nil)?.text.contains("shophost") != true)
        }
    }
}
