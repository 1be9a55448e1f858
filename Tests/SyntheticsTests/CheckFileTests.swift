import Base
import Testing

@testable import Synthetics

@Suite struct CheckFileTests {
    static func entries(_ json: String) throws -> [CheckEntry] { try CheckFile.read(json.utf8, file: "f.json") }

    static func messages(_ json: String) -> [String] {
        do { _ = try entries(json); return [] } catch { return (error as? Problems)?.list.map(\.description) ?? ["\(error)"] }
    }

    static func assertion(_ text: String) -> String { definition(assertions: "[\(text)]") }

    @Test func `all three forms of file are read`() throws {
        #expect(try Self.entries(definition()).count == 1)
        #expect(try Self.entries("[\(definition()),\(definition(name: "d"))]").count == 2)
        let entries = try Self.entries(#"{"tests":[{"localTestDefinition":\#(definition())},{"id":"https://x/details/w7z-73y-z5s"}]}"#)
        guard case .unavailable(let remote) = entries[1] else { Issue.record("a remote test became a check"); return }
        #expect(remote.publicID == "w7z-73y-z5s")
        #expect(remote.reason.contains("exists only at Datadog"))
    }

    @Test func `tests of other kinds are reported with a reason, not run`() throws {
        let mobile = #"{"type":"mobile","name":"b","tags":["x"],"config":{"assertions":[]},"steps":[]}"#
        let tcp = #"{"type":"api","subtype":"tcp","name":"t","config":{"request":{"host":"h","port":1},"assertions":[]}}"#
        let (results, requests, _) = try run("[\(mobile),\(tcp)]", [:])
        #expect(
            results.map(\.status) == [
                .skipped(#"mobile tests are not run here, only browser tests and API tests of subtype "http" and "multi""#),
                .skipped(#"tcp tests are not run here, only browser tests and API tests of subtype "http" and "multi""#),
            ])
        #expect(requests.isEmpty)
    }

    @Test func `overrides change a check`() throws {
        let overrides =
            #"{"startUrl":"http://new/","headers":{"X-A":"1"},"retry":{"count":2,"interval":10},"executionRule":"non_blocking","variables":{"V":"w"},"locations":["x"]}"#
        let entries = try Self.entries(#"{"tests":[{"localTestDefinition":\#(definition()),"testOverrides":\#(overrides)}]}"#)
        guard case .check(let check) = entries[0], case .http(let request, _, _) = check.steps[0].action else { Issue.record("no check"); return }
        #expect(request.url == "http://new/")
        #expect(request.headers.map(\.name) == ["X-A"])
        #expect(check.retry == RetryRule(count: 2, interval: .milliseconds(10)))
        #expect(check.executionRule == .nonBlocking)
        #expect(check.variables == [ConfigVariable(name: "V", pattern: "w")])
    }

    @Test(arguments: [
        ("{", "f.json:1:2: the document ends inside an object"),
        ("{}", #"f.json:1:1: neither a test definition ("type", "name", "config") nor a list of "tests""#),
        ("7", "f.json:1:1: a test definition must be an object, not a whole number"),
        (#"{"tests":{}}"#, #"f.json:1:10: /tests: "tests" must be a list, not an object"#),
        (#"{"tests":[{"idd":"abc-def-ghi"}]}"#, #"f.json:1:12: /tests/0/idd: an entry of "tests" has no "idd"; did you mean "id"?"#),
        (#"{"tests":[{"id":"nonsense"}]}"#, #"f.json:1:17: /tests/0/id: "nonsense" holds no public id such as "abc-def-ghi""#),
        (definition().replacing("\"config\"", with: "\"confg\""), #"f.json:1:56: /confg: a test definition has no "confg"; did you mean "config"?"#),
        (definition().replacing("\"api\"", with: "\"apo\""), #"f.json:1:9: /type: "type" is "apo"; did you mean "api"?"#),
        (definition().replacing("\"http\"", with: "\"htp\""), #"f.json:1:25: /subtype: "subtype" is "htp"; did you mean "http"?"#),
        (definition(name: ""), #"f.json:1:39: /name: "name" is empty"#),
        (
            definition(url: "localhost:80"),
            #"f.json:1:83: /config/request/url: "url" must start with http://, https:// or a variable such as {{ FRONTEND_URL }}"#
        ),
        (definition(assertions: "[]"), #"f.json:1:65: /config: "assertions" is missing: at least one is needed"#),
        (
            assertion(#"{"type":"satusCode","operator":"is","target":200}"#),
            #"f.json:1:118: /config/assertions/0/type: assertions on "satusCode" are not supported; did you mean "statusCode"?"#
        ),
        (
            assertion(#"{"type":"statusCode","operator":"iss","target":200}"#),
            #"f.json:1:142: /config/assertions/0/operator: "statusCode" has no operator "iss"; did you mean "is"?"#
        ),
        (
            assertion(#"{"type":"statusCode","operator":"is"}"#),
            #"f.json:1:110: /config/assertions/0: "target" is missing"#
        ),
        (
            assertion(#"{"type":"responseTime","operator":"lessThan","target":"fast"}"#),
            #"f.json:1:164: /config/assertions/0/target: "target" of lessThan must be a number, not "fast""#
        ),
        (
            assertion(#"{"type":"body","operator":"matches","target":"("}"#),
            #"f.json:1:155: /config/assertions/0/target: "(" is not a regular expression: "#
        ),
        (
            assertion(#"{"type":"body","operator":"validatesXPath","target":{}}"#),
            #"f.json:1:136: /config/assertions/0/operator: "body" has no operator "validatesXPath"; did you mean "validatesJSONPath"?"#
        ),
        (
            assertion(#"{"type":"body","operator":"validatesJSONPath","target":{"jsonPath":"$.","operator":"is","targetValue":1}}"#),
            #"f.json:1:177: /config/assertions/0/target/jsonPath: "$." is not a JSON path: column 3: expected a name, found the end"#
        ),
        (
            assertion(#"{"type":"bodyHash","operator":"md5","target":"12"}"#),
            #"f.json:1:155: /config/assertions/0/target: "target" must be 32 hexadecimal digits"#
        ),
        (
            assertion(#"{"type":"body","operator":"validatesJSONSchema","target":{"jsonSchema":"{\"format\":\"uri\"}"}}"#),
            #"f.json:1:181: /config/assertions/0/target/jsonSchema: the schema at /format: "format" is not understood"#
        ),
        (
            assertion(#"{"type":"header","property":"a","operator":"is","target":"b","timingsScope":"all"}"#),
            #"f.json:1:186: /config/assertions/0/timingsScope: only "responseTime" has a "timingsScope""#
        ),
        (definition(options: #"{"retry":{"count":9}}"#), #"f.json:1:71: /options/retry/count: "count" must be between 0 and 5, not 9"#),
        (
            definition(options: #"{"ci":{"executionRule":"blockin"}}"#),
            #"f.json:1:76: /options/ci/executionRule: "executionRule" is "blockin"; did you mean "blocking"?"#
        ),
        (multistep([]), #"f.json:1:66: /config: "steps" is missing: a test of subtype "multi" needs at least one"#),
        (multistep([#"{"name":"w","subtype":"wait"}"#]), #"f.json:1:76: /config/steps/0: "value" is missing: the seconds to wait"#),
        (
            multistep([step("s", "GTE", "http://h/")]),
            #"f.json:1:125: /config/steps/0/request/method: "method" is "GTE"; did you mean "GET"?"#
        ),
    ])
    func `a mistake is shown at its place with what is right`(json: String, message: String) {
        // The words of the regular expression parser are its own.
        let found = Self.messages(json).first ?? "nothing"
        #expect(message.hasSuffix(": ") ? found.hasPrefix(message) : found == message)
    }

    @Test func `all mistakes come at once`() {
        let json = definition(
            assertions: #"[{"type":"x"},{"type":"statusCode","operator":"is"},{"type":"body","operator":"contains","target":[]}]"#,
            options: #"{"retry":{"cuont":1}}"#)
        #expect(Self.messages(json).count == 4)
    }
}
