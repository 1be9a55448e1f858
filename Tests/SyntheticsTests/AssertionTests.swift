import Base
import HTTP
import Testing

@testable import Synthetics

@Suite struct AssertionTests {
    static let answer = ScriptedTransport.Answer.response(
        201, #"{"id":7,"name":"Ann","tags":["a","b"],"price":1.50,"none":null,"on":true}"#,
        Headers(["Content-Type": "application/json", "Set-Cookie": "a=1", "set-cookie": "b=2", "X-Count": "12"]))

    struct Row: Sendable, CustomTestStringConvertible {
        var assertion: String
        var holds: Bool
        var testDescription: String { "\(assertion) \(holds)" }

        init(_ assertion: String, _ holds: Bool) { (self.assertion, self.holds) = (assertion, holds) }
    }

    static func path(_ path: String, _ operation: String, _ target: String?, _ elements: String? = nil) -> String {
        let value = target.map { #","targetValue":\#($0)"# } ?? ""
        let extra = elements.map { #","elementsOperator":"\#($0)""# } ?? ""
        return #"{"type":"body","operator":"validatesJSONPath","target":{"jsonPath":"\#(path)","operator":"\#(operation)"\#(value)\#(extra)}}"#
    }

    static func schema(_ text: String) -> String {
        let quoted = text.replacing("\"", with: "\\\"")
        return #"{"type":"body","operator":"validatesJSONSchema","target":{"jsonSchema":"\#(quoted)","metaSchema":"draft-07"}}"#
    }

    static let rows = [
        Row(#"{"type":"statusCode","operator":"is","target":201}"#, true),
        Row(#"{"type":"statusCode","operator":"is","target":"201"}"#, true),
        Row(#"{"type":"statusCode","operator":"is","target":200}"#, false),
        Row(#"{"type":"statusCode","operator":"isNot","target":201}"#, false),
        Row(#"{"type":"statusCode","operator":"matches","target":"^2..$"}"#, true),
        Row(#"{"type":"statusCode","operator":"doesNotMatch","target":"^2"}"#, false),
        Row(#"{"type":"statusCode","operator":"lessThan","target":201}"#, false),
        Row(#"{"type":"statusCode","operator":"lessThanOrEqual","target":201}"#, true),
        Row(#"{"type":"responseTime","operator":"lessThan","target":12}"#, false),
        Row(#"{"type":"responseTime","operator":"lessThan","target":12.5}"#, true),
        Row(#"{"type":"responseTime","operator":"moreThanOrEqual","target":12}"#, true),
        Row(#"{"type":"header","property":"content-TYPE","operator":"contains","target":"json"}"#, true),
        Row(#"{"type":"header","property":"content-type","operator":"is","target":"text/html"}"#, false),
        Row(#"{"type":"header","property":"set-cookie","operator":"is","target":"a=1, b=2"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"moreThan","target":11}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"lessThan","target":9}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"doesNotExist"}"#, true),
        Row(#"{"type":"header","property":"x-count","operator":"doesNotExist"}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"contains","target":""}"#, false),
        Row(#"{"type":"header","property":"x-none","operator":"doesNotContain","target":"a"}"#, true),
        Row(#"{"type":"body","operator":"contains","target":"Ann"}"#, true),
        Row(#"{"type":"body","operator":"contains","target":"ann"}"#, false),
        Row(#"{"type":"body","operator":"doesNotContain","target":"Ann"}"#, false),
        Row(#"{"type":"body","operator":"matches","target":"\"id\":\\d"}"#, true),
        Row(#"{"type":"body","operator":"is","target":"x"}"#, false),
        Row(path("$.id", "is", "7"), true),
        Row(path("$.id", "is", "\"7\""), true),
        Row(path("$.id", "is", "7.0"), true),
        Row(path("$.id", "is", "8"), false),
        Row(path("$.id", "moreThan", "6"), true),
        Row(path("$.price", "is", "1.5"), true),
        Row(path("$.on", "is", "true"), true),
        Row(path("$.none", "is", "\"null\""), true),
        Row(path("$.none", "isUndefined", nil), false),
        Row(path("$.absent", "isUndefined", nil), true),
        Row(path("$.absent", "contains", "\"\""), false),
        Row(path("$.name", "moreThan", "1"), false),
        Row(path("$.tags[*]", "is", "\"a\""), true),
        Row(path("$.tags[*]", "is", "\"b\""), false),
        Row(path("$.tags[*]", "is", "\"b\"", "atLeastOneElementMatches"), true),
        Row(path("$.tags[*]", "matches", "\"^[ab]$\"", "everyElementMatches"), true),
        Row(path("$.tags[*]", "is", "\"a\"", "everyElementMatches"), false),
        Row(path("$.gone[*]", "is", "\"a\"", "everyElementMatches"), false),
        Row(path("$.tags[*]", "is", "\"[\\\"a\\\",\\\"b\\\"]\"", "serializationMatches"), true),
        Row(schema(#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer","minimum":7}}}"#), true),
        Row(schema(#"{"required":["missing"]}"#), false),
        Row(schema(#"{"properties":{"tags":{"items":{"enum":["a"]}}}}"#), false),
        Row(schema(#"{"properties":{"id":true},"additionalProperties":false}"#), false),
        Row(schema(##"{"properties":{"name":{"$ref":"#/definitions/n"}},"definitions":{"n":{"pattern":"^A","maxLength":3}}}"##), true),
        Row(schema(#"{"properties":{"id":{"oneOf":[{"type":"integer"},{"type":"number"}]}}}"#), false),
        Row(schema(#"{"properties":{"id":{"not":{"const":7}}}}"#), false),
    ]

    @Test(arguments: rows)
    func `an assertion holds or not`(row: Row) throws {
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
        let (results, _, _) = try run(definition(assertions: "[\(Self.path("$.id", "isUndefined", nil))]"), ["GET http://h/": [.ok("<html>")]])
        #expect(results[0].status == .failed)
        #expect(
            results[0].steps[0].assertions[0].sentence
                == #"body $.id should be undefined. The body is not JSON: line 1, column 1: unexpected "<"; a value starts with {, [, a quote, a digit, true, false or null"#
        )
    }

    @Test func `name look-up can be left out of the response time`() throws {
        let response = ClientResponse.make(total: .milliseconds(12), dns: .milliseconds(5))
        let scope = try {
            var random = SeededRandom(seed: 1); return try VariableScope(VariableSources(), check: [], random: &random)
        }()
        let judge = AssertionJudge(response, scope)
        #expect(try judge.judge(Assertion(.responseTime(withoutDNS: true), .compare(.lessThan, 8))).isValid)
        #expect(try !judge.judge(Assertion(.responseTime(withoutDNS: false), .compare(.lessThan, 8))).isValid)
    }
}
