import Base
import HTTP
import Testing

@testable import Synthetics

/// One assertion and whether it holds.
struct AssertionRow: Sendable, CustomTestStringConvertible {
    var assertion: String
    var holds: Bool
    var testDescription: String { "\(assertion) \(holds)" }

    init(_ assertion: String, _ holds: Bool) { (self.assertion, self.holds) = (assertion, holds) }

    static func path(_ path: String, _ operation: String, _ target: String?, _ elements: String? = nil) -> String {
        let value = target.map { #","targetValue":\#($0)"# } ?? ""
        let extra = elements.map { #","elementsOperator":"\#($0)""# } ?? ""
        return #"{"type":"body","operator":"validatesJSONPath","target":{"jsonPath":"\#(path)","operator":"\#(operation)"\#(value)\#(extra)}}"#
    }

    static func xPath(_ path: String, _ operation: String, _ target: String?) -> String {
        let value = target.map { #","targetValue":\#($0)"# } ?? ""
        return #"{"type":"body","operator":"validatesXPath","target":{"xPath":"\#(path)","operator":"\#(operation)"\#(value)}}"#
    }

    static func schema(_ text: String) -> String {
        #"{"type":"body","operator":"validatesJSONSchema","target":{"jsonSchema":\#(Value.string(text).json()),"metaSchema":"draft-07"}}"#
    }
}

@Suite struct AssertionTests {
    typealias Row = AssertionRow

    static let answer = ScriptedTransport.Answer.response(
        201, #"{"id":7,"name":"Ann","tags":["a","b"],"price":1.50,"none":null,"on":true}"#,
        Headers(["Content-Type": "application/json", "Set-Cookie": "a=1", "set-cookie": "b=2", "X-Count": "12"]))

    static let statusAndTime = [
        Row(#"{"type":"statusCode","operator":"is","target":201}"#, true),
        Row(#"{"type":"statusCode","operator":"is","target":"201"}"#, true),
        Row(#"{"type":"statusCode","operator":"is","target":200}"#, false),
        Row(#"{"type":"statusCode","operator":"isNot","target":200}"#, true),
        Row(#"{"type":"statusCode","operator":"isNot","target":201}"#, false),
        Row(#"{"type":"statusCode","operator":"matches","target":"^2..$"}"#, true),
        Row(#"{"type":"statusCode","operator":"matches","target":"(200|302)"}"#, false),
        Row(#"{"type":"statusCode","operator":"doesNotMatch","target":"^5"}"#, true),
        Row(#"{"type":"statusCode","operator":"doesNotMatch","target":"^2"}"#, false),
        Row(#"{"type":"statusCode","operator":"lessThan","target":202}"#, true),
        Row(#"{"type":"statusCode","operator":"lessThan","target":201}"#, false),
        Row(#"{"type":"statusCode","operator":"lessThanOrEqual","target":201}"#, true),
        Row(#"{"type":"statusCode","operator":"lessThanOrEqual","target":200}"#, false),
        Row(#"{"type":"statusCode","operator":"moreThan","target":200}"#, true),
        Row(#"{"type":"statusCode","operator":"moreThan","target":201}"#, false),
        Row(#"{"type":"statusCode","operator":"moreThanOrEqual","target":201}"#, true),
        Row(#"{"type":"statusCode","operator":"moreThanOrEqual","target":202}"#, false),
        Row(#"{"type":"responseTime","operator":"lessThan","target":12.5}"#, true),
        Row(#"{"type":"responseTime","operator":"lessThan","target":12}"#, false),
        Row(#"{"type":"responseTime","operator":"lessThan","target":"2000"}"#, true),
        Row(#"{"type":"responseTime","operator":"lessThanOrEqual","target":12,"timingsScope":"all"}"#, true),
        Row(#"{"type":"responseTime","operator":"lessThanOrEqual","target":11}"#, false),
        Row(#"{"type":"responseTime","operator":"moreThan","target":11}"#, true),
        Row(#"{"type":"responseTime","operator":"moreThan","target":12}"#, false),
        Row(#"{"type":"responseTime","operator":"moreThanOrEqual","target":12}"#, true),
        Row(#"{"type":"responseTime","operator":"moreThanOrEqual","target":13}"#, false),
    ]

    static let headers = [
        Row(#"{"type":"header","property":"content-TYPE","operator":"contains","target":"json"}"#, true),
        Row(#"{"type":"header","property":"content-type","operator":"contains","target":"html"}"#, false),
        Row(#"{"type":"header","property":"content-type","operator":"doesNotContain","target":"html"}"#, true),
        Row(#"{"type":"header","property":"content-type","operator":"doesNotContain","target":"json"}"#, false),
        Row(#"{"type":"header","property":"set-cookie","operator":"is","target":"a=1, b=2"}"#, true),
        Row(#"{"type":"header","property":"content-type","operator":"is","target":"text/html"}"#, false),
        Row(#"{"type":"header","property":"content-type","operator":"isNot","target":"text/html"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"isNot","target":"12"}"#, false),
        Row(#"{"type":"header","property":"x-count","operator":"matches","target":"^\\d+$"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"matches","target":"[a-z]"}"#, false),
        Row(#"{"type":"header","property":"x-count","operator":"doesNotMatch","target":"[a-z]"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"doesNotMatch","target":"1"}"#, false),
        Row(#"{"type":"header","property":"x-count","operator":"moreThan","target":11}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"lessThan","target":9}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"doesNotExist"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"doesNotExist"}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"contains","target":""}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"doesNotContain","target":"a"}"#, true),
    ]

    static let texts = [
        Row(#"{"type":"body","operator":"contains","target":"Ann"}"#, true),
        Row(#"{"type":"body","operator":"contains","target":"ann"}"#, false),
        Row(#"{"type":"body","operator":"doesNotContain","target":"Bob"}"#, true),
        Row(#"{"type":"body","operator":"doesNotContain","target":"Ann"}"#, false),
        Row(#"{"type":"body","operator":"is","target":"x"}"#, false),
        Row(#"{"type":"body","operator":"is","target":"{\"id\":7,\"name\":\"Ann\",\"tags\":[\"a\",\"b\"],\"price\":1.50,\"none\":null,\"on\":true}"}"#, true),
        Row(#"{"type":"body","operator":"isNot","target":"x"}"#, true),
        Row(#"{"type":"body","operator":"matches","target":"\"id\":\\d"}"#, true),
        Row(#"{"type":"body","operator":"matches","target":"^\\d"}"#, false),
        Row(#"{"type":"body","operator":"doesNotMatch","target":"(?<!\")Ann"}"#, true),
        Row(#"{"type":"body","operator":"doesNotMatch","target":"Ann"}"#, false),
    ]

    static let jsonPaths = [
        Row(Row.path("$.id", "is", "7"), true), Row(Row.path("$.id", "is", "\"7\""), true), Row(Row.path("$.id", "is", "7.0"), true),
        Row(Row.path("$.id", "is", "8"), false), Row(Row.path("$.id", "isNot", "8"), true), Row(Row.path("$.id", "isNot", "7"), false),
        Row(Row.path("$.id", "moreThan", "6"), true), Row(Row.path("$.id", "moreThan", "7"), false),
        Row(Row.path("$.id", "moreThanOrEqual", "7"), true), Row(Row.path("$.id", "moreThanOrEqual", "8"), false),
        Row(Row.path("$.id", "lessThan", "8"), true), Row(Row.path("$.id", "lessThan", "7"), false),
        Row(Row.path("$.id", "lessThanOrEqual", "7"), true), Row(Row.path("$.id", "lessThanOrEqual", "6"), false),
        Row(Row.path("$.name", "contains", "\"nn\""), true), Row(Row.path("$.name", "contains", "\"x\""), false),
        Row(Row.path("$.name", "doesNotContain", "\"x\""), true), Row(Row.path("$.name", "doesNotContain", "\"A\""), false),
        Row(Row.path("$.name", "matches", "\"^A\""), true), Row(Row.path("$.name", "matches", "\"^a\""), false),
        Row(Row.path("$.name", "doesNotMatch", "\"^a\""), true), Row(Row.path("$.name", "doesNotMatch", "\"^A\""), false),
        Row(Row.path("$.price", "is", "1.5"), true), Row(Row.path("$.on", "is", "true"), true), Row(Row.path("$.none", "is", "\"null\""), true),
        Row(Row.path("$.absent", "isUndefined", nil), true), Row(Row.path("$.none", "isUndefined", nil), false),
        Row(Row.path("$.absent", "contains", "\"\""), false), Row(Row.path("$.name", "moreThan", "1"), false),
        Row(Row.path("$.tags[*]", "is", "\"a\"", "firstElementMatches"), true), Row(Row.path("$.tags[*]", "is", "\"b\""), false),
        Row(Row.path("$.tags[*]", "is", "\"b\"", "atLeastOneElementMatches"), true),
        Row(Row.path("$.tags[*]", "is", "\"c\"", "atLeastOneElementMatches"), false),
        Row(Row.path("$.tags[*]", "matches", "\"^[ab]$\"", "everyElementMatches"), true),
        Row(Row.path("$.tags[*]", "is", "\"a\"", "everyElementMatches"), false),
        Row(Row.path("$.gone[*]", "is", "\"a\"", "everyElementMatches"), false),
        Row(Row.path("$.tags[*]", "is", #""[\"a\",\"b\"]""#, "serializationMatches"), true),
        Row(Row.path("$.tags[*]", "contains", "\"c\"", "serializationMatches"), false),
    ]

    static let schemas = [
        Row(Row.schema(#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer","minimum":7}}}"#), true),
        Row(Row.schema(#"{"required":["missing"]}"#), false),
    ]

    @Test(arguments: statusAndTime + headers + texts + jsonPaths + schemas)
    func `an assertion on a response holds or not`(row: Row) throws {
        let (results, _, _) = try run(definition(assertions: "[\(row.assertion)]"), ["GET http://h/": [Self.answer]])
        let step = try #require(results.first?.steps.first)
        #expect(step.assertions.map(\.isValid) == [row.holds])
        #expect(results[0].status == (row.holds ? .passed : .failed))
        #expect(results[0].failure?.code == (row.holds ? nil : .incorrectAssertion))
    }

    // Digests of "abc" (RFC 1321 appendix A.5, FIPS 180-2 appendices A.1 and B.1).
    @Test(arguments: [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "A9993E364706816ABA3E25717850C26C9CD0D89D"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `body hashes are compared`(name: String, hex: String) throws {
        for (body, holds) in [("abc", true), ("abd", false)] {
            let assertion = #"[{"type":"bodyHash","operator":"\#(name)","target":"\#(hex)"}]"#
            let (results, _, _) = try run(definition(assertions: assertion), ["GET http://h/": [.ok(body)]])
            #expect((results[0].status == .passed) == holds)
        }
    }

    @Test func `a body that is no JSON fails and says where`() throws {
        let (results, _, _) = try run(definition(assertions: "[\(Row.path("$.id", "isUndefined", nil))]"), ["GET http://h/": [.ok("<html>")]])
        #expect(results[0].status == .failed)
        #expect(
            results[0].steps[0].assertions[0].sentence
                == #"body $.id should be undefined. The body is not JSON: line 1, column 1: unexpected "<"; a value starts with {, [, a quote, a digit, true, false or null"#
        )
    }

    @Test func `name look-up can be left out of the response time`() throws {
        let response = ResponseObservation(ClientResponse.make(total: .milliseconds(12), dns: .milliseconds(5)))
        let judge = AssertionJudge(response, VariableScope(VariableSources(), start: Timestamp(nanoseconds: 0)))
        #expect(try judge.judge(Assertion(.responseTime(withoutDNS: true), .compare(.lessThan, 8))).isValid)
        #expect(try !judge.judge(Assertion(.responseTime(withoutDNS: false), .compare(.lessThan, 8))).isValid)
    }

    /// A value that is given, or part of one, works wherever a definition has text.
    @Test(arguments: [
        (#"{"type":"statusCode","operator":"is","target":"{{ S }}"}"#, true), (#"{"type":"statusCode","operator":"lessThan","target":"{{ S }}"}"#, false),
        (#"{"type":"header","property":"{{ H }}","operator":"is","target":"1{{ TWO }}"}"#, true),
        (#"{"type":"body","operator":"matches","target":"\"id\":{{ SEVEN }},"}"#, true),
        (Row.path("$.tags[?(@ == '{{ B }}')]", "is", "\"{{ B }}\""), true), (Row.path("$.{{ B }}", "isUndefined", nil), true),
        (Row.schema(#"{"properties":{"id":{"const":{{ SEVEN }}}}}"#), true), (Row.schema(#"{"required":["{{ B }}"]}"#), false),
    ])
    func `places are filled in everywhere`(assertion: String, holds: Bool) throws {
        let values = ["S": "201", "H": "x-count", "TWO": "2", "SEVEN": "7", "B": "b"]
        let (results, _, _) = try run(
            definition(assertions: "[\(assertion)]"), ["GET http://h/": [Self.answer]], sources: VariableSources(overrides: values))
        #expect(results[0].steps[0].assertions.map(\.isValid) == [holds])
    }

    @Test(arguments: [
        (Row.path("$.{{ X }}", "isUndefined", nil), #""$.a[" is not a JSON path: column 5: expected a name in quotes"#),
        (Row.schema(#"{"type":"{{ X }}"}"#), #"is not a JSON schema: at /type: "type" must be a type name"#),
        (#"{"type":"body","operator":"matches","target":"{{ X }}"}"#, #""a[" is no regular expression that can be used here: column 3: missing terminating ]"#),
        (Row.xPath("//{{ X }}", "is", "1"), #""//a[" is not an XPath: it does not follow XPath's grammar"#),
    ])
    func `an expression that a value breaks is the test's fault`(assertion: String, message: String) throws {
        let (results, _, _) = try run(
            definition(assertions: "[\(assertion)]"), ["GET http://h/": [Self.answer]], sources: VariableSources(overrides: ["X": "a["]))
        #expect(results[0].failure?.code == .invalidTest)
        #expect(results[0].failure?.message.contains(message) == true, "\(results[0].failure?.message ?? "")")
    }

    @Test func `a body that must not be saved is judged and shown nowhere`() throws {
        let assertions = [
            #"{"type":"body","operator":"contains","target":"Bob"}"#, Row.path("$.name", "is", "\"Bob\""), Row.xPath("//p", "is", "\"x\""),
            #"{"type":"body","operator":"contains","target":"Ann"}"#,
        ]
        let json = definition(assertions: "[\(assertions.joined(separator: ","))]").replacing(#""url""#, with: #""noSavingResponseBody":true,"url""#)
        let (results, _, _) = try run(json, ["GET http://h/": [Self.answer]])
        #expect(results[0].steps[0].assertions.map(\.isValid) == [false, false, false, true])
        let report = RunReport(results: results, duration: .zero)
        let shown = JSONReport.document(report).json() + ConsoleReport(usesColour: false).text(report) + JUnitReport.xml(report)
        #expect(shown.contains(#"body should contain "Bob". Actual: not saved"#))
        #expect(!shown.contains("price"))
        #expect(!shown.contains(#""actual":"Ann""#))
    }
}
