import Testing

@testable import Base

@Suite struct JSONTests {
    @Test func `positions point at values`() throws {
        let node = try JSONNode.parse("{\n  \"a\": [1,\n    \"x\"]\n}".utf8, file: "f.json")
        let x = try #require(node["a"]?.array?[1])
        #expect(x.location == SourceLocation(file: "f.json", line: 3, column: 5))
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "f:1:8: the name \"a\" stands twice in this object"),
        ("[1,]", "f:1:4: unexpected \"]\"; a value starts with {, [, a quote, a digit, true, false or null"),
        ("{\"a\" 1}", "f:1:6: expected \":\" after the name \"a\""),
        ("[01]", "f:1:2: a number must not start with 0"),
        ("\"a", "f:1:1: this string has no closing quote"),
        ("tru", "f:1:1: unknown word; did you mean true?"),
        ("{} x", "f:1:4: unexpected \"x\" after the end of the document"),
        ("\"\\ud800\"", "f:1:8: half of a surrogate pair"),
    ])
    func `a mistake is shown at its place`(text: String, message: String) {
        do {
            _ = try JSONNode.parse(text.utf8, file: "f")
            Issue.record("parsed")
        } catch { #expect(error.description == message) }
    }

    @Test func `jackson writes lists on one line, with spaces, also where nothing is in them`() throws {
        let value = try Value.parse(json: #"{"a":[{"b":1},{"c":[]}],"d":{}}"#.utf8)
        #expect(value.json(.jackson) == "{\n  \"a\" : [ {\n    \"b\" : 1\n  }, {\n    \"c\" : [ ]\n  } ],\n  \"d\" : { }\n}")
    }

    @Test func `go escapes markup and ends the line`() {
        #expect(Value.string("<a&b>é").json(.go) == "\"\\u003ca\\u0026b\\u003eé\"\n")
    }

    @Test func `flask debug style keeps its trailing spaces`() throws {
        let value: Value = [.object(["name": "Usuário", "id": 1, "weight": 15.1])]
        #expect(
            value.json(.flaskDebug)
                == "[\n  {\n    \"id\": 1, \n    \"name\": \"Usu\\u00e1rio\", \n    \"weight\": 15.1\n  }\n]\n")
    }

    @Test func `strings survive a round trip`() throws {
        let text = "quote \" slash \\ tab \t é 🐵 \u{1}"
        for style in [JSONStyle.compact, .flaskDebug] {
            #expect(try Value.parse(json: Value.string(text).jsonBytes(style)) == .string(text))
        }
    }

    @Test func `a merge patch adds, replaces and removes`() throws {
        // RFC 7396 appendix A, several rows at once.
        let base = try JSONNode.parse(#"{"a":"b","c":{"d":"e","f":"g"}}"#.utf8, file: "base")
        let patch = try JSONNode.parse(#"{"a":"z","c":{"f":null},"h":{"i":null,"j":1}}"#.utf8, file: "patch")
        #expect(base.merging(patch).value.json() == #"{"a":"z","c":{"d":"e"},"h":{"j":1}}"#)
    }

    @Test func `times format as frameworks write them`() {
        let time = Timestamp(nanoseconds: 1_568_139_746_437_296_000)
        #expect(time.httpDate == "Tue, 10 Sep 2019 18:22:26 GMT")
        #expect(time.formatted("%Y-%m-%d %H:%M:%S,%L") == "2019-09-10 18:22:26,437")
        #expect(time.iso8601 == "2019-09-10T18:22:26.437Z")
    }

    @Test func `the nearest name forgives typing errors`() {
        #expect(nearestName(to: "sleeep", among: ["sleep", "step", "respond"]) == "sleep")
        #expect(nearestName(to: "discuonts", among: ["discounts", "ads"]) == "discounts")
        #expect(nearestName(to: "zzz", among: ["sleep"]) == nil)
        #expect(nearestName(to: "outage", among: ["ads-outage", "ads-slow"]) == "ads-outage")
        #expect(nearestName(to: "outage", among: ["ads-outage", "discounts-outage"]) == nil)
    }

    @Test func `base64 follows RFC 4648`() {
        #expect(Base64.encode("foobar".utf8) == "Zm9vYmFy")
        #expect(Base64.encode("fooba".utf8) == "Zm9vYmE=")
        #expect(Base64.decode("Zm9vYmE=") == Array("fooba".utf8))
        #expect(Base64.encode([0xff, 0xfe], urlSafe: true) == "__4")
    }
}
