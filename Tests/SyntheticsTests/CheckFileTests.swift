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

    /// What Datadog can do and nothing here can: known, right, and not run. It never passes.
    @Test(arguments: [
        (#"{"type":"mobile","name":"b","config":{"assertions":[]}}"#, "mobile tests are not run here"),
        (#"{"type":"network","subtype":"tcp","name":"b","config":{}}"#, "network tests are not run here"),
        (#"{"type":"api","subtype":"icmp","name":"t","config":{"request":{"host":"h"},"assertions":[{"type":"latency"}]}}"#, "icmp tests are not run here"),
        (#"{"type":"api","subtype":"websocket","name":"t","config":{}}"#, "websocket tests are not run here"),
        (#"{"type":"api","subtype":"udp","name":"t","config":{}}"#, "udp tests are not run here"),
        (#"{"type":"api","subtype":"grpc","name":"t","config":{}}"#, "grpc tests are not run here"),
        (
            definition(assertions: #"[{"type":"javascript","code":"dd.expect(dd.response.statusCode).to.equal(200);"}]"#),
            "it has an assertion in JavaScript, which cannot be run here"
        ),
        (
            definition(config: #","variablesFromScript":"dd.variable.set('A', 'b')""#),
            "it defines variables by JavaScript, which cannot be run here"
        ),
        (
            multistep([step("s", more: #","extractedValuesFromScript":"dd.variable.set('A', 'b')""#)]),
            "it extracts values by JavaScript, which cannot be run here"
        ),
        (
            multistep([step("s"), #"{"name":"g","subtype":"grpc","request":{"host":"h"},"assertions":[]}"#]),
            #"it has a step of subtype "grpc", which is not made here"#
        ),
        (TCPAndDNSTests.tcp(#"{"type":"networkHop","operator":"lessThan","target":3}"#), "it has an assertion on network hops, which are not counted here"),
        (requesting(#""basicAuth":{"type":"sigv4","accessKey":"a","secretKey":"b"}"#), #"it needs the authentication "sigv4", which is not done here"#),
        (requesting(#""basicAuth":{"type":"oauth-client","accessTokenUrl":"u"}"#), #"it needs the authentication "oauth-client", which is not done here"#),
        (
            requesting(#""certificate":{"cert":{"filename":"a.crt","updatedAt":"2024"},"key":{"filename":"a.key"}}"#),
            "its client certificate is stored at Datadog"
        ),
        (
            requesting(#""bodyType":"multipart/form-data","files":[{"name":"f","size":3,"type":"text/plain","bucketKey":"api-upload/x"}]"#),
            "it sends a file that is stored at Datadog"
        ),
        (
            #"{"type":"api","subtype":"ssl","name":"s","options":{"checkCertificateRevocation":true},"config":{"request":{"host":"h"},"assertions":[{"type":"certificate","operator":"isInMoreThan","target":1}]}}"#,
            "it looks at stapled revocation answers (OCSP), which are not looked at here"
        ),
    ])
    func `what cannot be run here is skipped with its reason, and the rest of the file runs`(json: String, reason: String) throws {
        let (results, requests, _) = try run("[\(json),\(definition(name: "other"))]", ["GET http://h/": [.ok("")]])
        #expect(results.map(\.status) == [.skipped(reason), .passed])
        #expect(requests.count == 1)
    }

    static func requesting(_ members: String) -> String { definition().replacing(#""url""#, with: members + #","url""#) }

    @Test func `what a test exported from Datadog carries along disturbs nobody`() throws {
        let exported = #"""
            {"public_id":"abc-def-ghi","name":"up","status":"live","type":"api","subtype":"http","tags":[],"created_at":"2024-01-01T00:00:00Z",
             "modified_at":"2024-01-01T00:00:00Z","creator":{"name":"A","handle":"a@b","email":"a@b"},"monitor_id":12345678,"message":"","locations":["aws:eu-central-1"],
             "version":3,"org_id":2,"config":{"configVariables":[{"type":"global","name":"TOKEN","id":"76636cd1-82e2-4aeb-9cfe-51366a8198a2"},
              {"type":"text","name":"HIDDEN","secure":true},{"type":"email","name":"MAIL","pattern":"abc.{{ numeric(3) }}@synthetics.dtdg.co","example":"x"}],
              "request":{"method":"GET","url":"http://h/","timeout":0,"headers":{},"httpVersion":"any","basicAuth":null,"bodyType":null},
              "assertions":[{"type":"statusCode","operator":"is","target":"200"}]},
             "options":{"tick_every":60,"min_failure_duration":0,"min_location_failed":1,"monitor_options":{"renotify_interval":0},"monitor_name":"x",
              "monitor_priority":3,"retry":{"count":0,"interval":300},"follow_redirects":true,"bindings":[{"principals":["org:1"],"relation":"viewer"}],
              "scheduling":{"timeframes":[],"timezone":"UTC"},"ci":{"executionRule":"blocking"},"disableAiaIntermediateFetching":false,"restricted_roles":null}}
            """#
        let entry = try #require(try Self.entries(exported).first)
        guard case .check(let check) = entry, case .http(let request, _, _) = check.steps[0].action else { Issue.record("no check"); return }
        #expect(check.publicID == "abc-def-ghi")
        #expect(check.monitorID == 12_345_678)
        #expect(check.variables.map(\.pattern) == [nil, nil, "abc.{{ numeric(3) }}@synthetics.dtdg.co"])
        #expect(request.timeout == .seconds(60))
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
            #"f.json:1:118: /config/assertions/0/type: a test of subtype "http" has no assertions on "satusCode"; did you mean "statusCode"?"#
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
            #"f.json:1:155: /config/assertions/0/target: "(" is not a regular expression: column 2: missing closing parenthesis"#
        ),
        (
            assertion(#"{"type":"body","operator":"validateXPath","target":{}}"#),
            #"f.json:1:136: /config/assertions/0/operator: "body" has no operator "validateXPath"; did you mean "validatesXPath"?"#
        ),
        (
            assertion(#"{"type":"body","operator":"validatesXPath","target":{"xPath":"//h1[","operator":"is","targetValue":1}}"#),
            #"f.json:1:171: /config/assertions/0/target/xPath: "//h1[" is not an XPath: it does not follow XPath's grammar"#
        ),
        (
            assertion(#"{"type":"certificate","operator":"isInMoreThan","target":10}"#),
            #"f.json:1:118: /config/assertions/0/type: a test of subtype "http" has no assertions on "certificate"; known: "body", "bodyHash", "header", "javascript", "responseTime", "statusCode""#
        ),
        (
            TCPAndDNSTests.tcp(#"{"type":"connection","operator":"is","target":"open"}"#),
            #"f.json:1:172: /config/assertions/0/target: "target" is "open"; known: "established", "refused", "timeout""#
        ),
        (
            TCPAndDNSTests.dns(#"{"type":"recordSome","operator":"is","target":"x"}"#),
            #"f.json:1:153: /config/assertions/0: "property" is missing: the record type, such as "A""#
        ),
        (
            TCPAndDNSTests.tcp(#"{"type":"responseTime","operator":"lessThan","target":1}"#, request: #"{"host":"h","port":70000}"#),
            #"f.json:1:94: /config/request/port: "port" must be a port between 1 and 65535, not 70000"#
        ),
        (
            requesting(#""files":[{"name":"f","content":"x","encoding":"base65"}],"bodyType":"multipart/form-data""#),
            #"f.json:1:123: /config/request/files/0/encoding: "encoding" is "base65"; known: "base64""#
        ),
        (
            requesting(#""form":{"a":"b"}"#),
            #"f.json:1:84: /config/request/form: "form" needs "bodyType" "multipart/form-data""#
        ),
        (
            multistep([#"{"name":"p","subtype":"playSubTest","subtestPublicId":"x"}"#]),
            #"f.json:1:130: /config/steps/0/subtestPublicId: "x" holds no public id such as "abc-def-ghi""#
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
            assertion(#"{"type":"body","operator":"validatesJSONSchema","target":{"jsonSchema":"{\"forma\":\"uri\"}"}}"#),
            #"f.json:1:181: /config/assertions/0/target/jsonSchema: "{"forma":"uri"}" is not a JSON schema: at /forma: "forma" is not understood; did you mean "format"?"#
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
        #expect(Self.messages(json).first ?? "nothing" == message)
    }

    @Test func `all mistakes come at once`() {
        let json = definition(
            assertions: #"[{"type":"x"},{"type":"statusCode","operator":"is"},{"type":"body","operator":"contains","target":[]}]"#,
            options: #"{"retry":{"cuont":1}}"#)
        #expect(Self.messages(json).count == 4)
    }
}
