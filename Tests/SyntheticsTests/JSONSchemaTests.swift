import Base
import Testing

@testable import Synthetics

@Suite struct JSONSchemaTests {
    static func violation(_ schema: String, _ value: String) throws -> String? {
        try JSONSchema(expression: schema).violation(of: Value.parse(json: value.utf8))
    }

    /// A schema, a value that keeps it, and one that breaks it in the way that is said.
    @Test(arguments: [
        (#"{"type":"integer"}"#, "1.0", "1.5", "/: should be integer"), (#"{"type":["string","null"]}"#, "null", "1", "/: should be string or null"),
        (#"{"enum":[1,{"a":[2]}]}"#, #"{"a":[2.0]}"#, "[2]", #"/: should be one of [1,{"a":[2]}]"#),
        (#"{"const":{"a":1,"b":2}}"#, #"{"b":2,"a":1}"#, #"{"a":1}"#, #"/: should be {"a":1,"b":2}"#),
        (#"{"minimum":2}"#, "2", "1", "/: breaks minimum 2"), (#"{"exclusiveMaximum":2}"#, "1.9", "2", "/: breaks exclusiveMaximum 2"),
        (#"{"multipleOf":0.01}"#, "4.02", "4.025", "/: breaks multipleOf 0.01"), (#"{"maxLength":2}"#, #""😀é""#, #""abc""#, "/: breaks maxLength 2"),
        (#"{"pattern":"^a"}"#, #""ab""#, #""b""#, "/: should match ^a"), (#"{"format":"date"}"#, #""2024-02-29""#, #""2023-02-29""#, "/: should be date"),
        (#"{"items":{"type":"string"}}"#, #"["a"]"#, #"["a",1]"#, "/1: should be string"),
        (#"{"items":[true,{"type":"null"}],"additionalItems":false}"#, "[1,null]", "[1,null,2]", "/2: nothing is allowed here"),
        (#"{"contains":{"minimum":5}}"#, "[1,5]", "[1,2]", "/: has no item that fits the schema of contains"),
        (#"{"uniqueItems":true}"#, "[1,2]", "[1,1.0]", "/: should have no item twice"),
        (#"{"properties":{"a/b":{"type":"string"}}}"#, #"{"a/b":"x"}"#, #"{"a/b":1}"#, "/a~1b: should be string"),
        (#"{"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}"#, #"{"x1":1}"#, #"{"x1":1,"y":1}"#, "/y: nothing is allowed here"),
        (#"{"propertyNames":{"maxLength":3}}"#, #"{"abc":1}"#, #"{"abcd":1}"#, "/abcd: breaks maxLength 3"),
        (#"{"required":["a","b"]}"#, #"{"b":1,"a":1}"#, #"{"a":1}"#, #"/: should have "b""#),
        (#"{"dependencies":{"a":["b"]}}"#, #"{"b":1}"#, #"{"a":1}"#, #"/: should have "b", because it has "a""#),
        (#"{"dependencies":{"a":{"maxProperties":1}}}"#, #"{"a":1}"#, #"{"a":1,"b":1}"#, "/: breaks maxProperties 1"),
        (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "1", "3", "/: breaks maximum 2"),
        (#"{"anyOf":[{"type":"null"},{"minimum":3}]}"#, "3", "2", "/: fits no schema of anyOf"),
        (#"{"oneOf":[{"minimum":1},{"maximum":5}]}"#, "9", "3", "/: fits 2 schemas of oneOf instead of 1"),
        (#"{"not":{"type":"string"}}"#, "1", #""a""#, "/: fits the schema of not"),
        (#"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"const":1}}"#, "20", "15", "/: breaks multipleOf 10"),
        (#"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"const":1}}"#, "1", "2", "/: should be 1"),
        (##"{"$ref":"#/definitions/a%25b","minimum":99,"definitions":{"a%b":{"type":"integer"}}}"##, "1", #""x""#, "/: should be integer"),
        (##"{"items":{"$ref":"#node"},"definitions":{"n":{"$id":"#node","required":["id"]}}}"##, #"[{"id":1}]"#, "[{}]", #"/0: should have "id""#),
        (##"{"properties":{"next":{"$ref":"#"}},"required":["v"]}"##, #"{"v":1,"next":{"v":2}}"#, #"{"v":1,"next":{}}"#, #"/next: should have "v""#),
        ("false", "1", "1", "/: nothing is allowed here"),
    ])
    func `a rule is kept or broken`(schema: String, kept: String, broken: String, message: String) throws {
        if schema != "false" { #expect(try Self.violation(schema, kept) == nil) }
        #expect(try Self.violation(schema, broken) == message)
    }

    @Test(arguments: [
        (#"{"typ":"string"}"#, #"at /typ: "typ" is not understood; did you mean "type"?"#), (#"{"type":"text"}"#, #"at /type: "type" must be a type name"#),
        (#"{"minLength":-1}"#, #"at /minLength: "minLength" must be a whole number from 0"#), (#"{"pattern":"("}"#, #"must be a regular expression"#),
        (#"{"properties":{"a":7}}"#, "at /properties/a: a schema is an object, true or false"), (#"{"multipleOf":0}"#, "must be a number above 0"),
        (##"{"$ref":"#/definitions/gone"}"##, "no schema at"), (#"{"$ref":"http://elsewhere/schema"}"#, "references stay inside the document"),
        (#"{"dependencies":{"a":[1]}}"#, "must be an object of schemas and lists of names"), (#"{"patternProperties":{"(":true}}"#, "whose names are regular expressions"),
        ("{", "it is not JSON"), ("7", "at /: a schema is an object, true or false"),
    ])
    func `a schema that would be misunderstood is refused`(schema: String, message: String) {
        do {
            _ = try JSONSchema(expression: schema)
            Issue.record("it was read")
        } catch { #expect((error as? ExpressionError)?.reason.contains(message) == true, "\(error)") }
    }

    @Test(.timeLimit(.minutes(1)))
    func `schemas that refer to each other without end end`() throws {
        #expect(try Self.violation(##"{"$ref":"#"}"##, "1") == "/: the schema refers to itself without end")
        #expect(try Self.violation(##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##, "1") != nil)
    }

    static let instances = [
        "null", "true", "false", "0", "1", "1.0", "1.5", "-3", "12", "1e3", #""""#, #""a""#, #""abc""#, #""2024-02-29""#, #""😀""#, #""foo@example.org""#,
        "[]", "[1]", "[1,1.0]", "[1,2,3]", #"["a",1,null]"#, "[[1],[1]]", "{}", #"{"a":1}"#, #"{"a":"x","b":2}"#, #"{"a":null,"b":[1],"c":{}}"#,
        #"{"a":{"a":{"a":1}}}"#, #"{"x1":1,"x2":"y"}"#,
    ]
    static let schemas = [
        "true", "false", "{}", #"{"type":"integer"}"#, #"{"type":"number"}"#, #"{"type":["object","array"]}"#, #"{"enum":[1,"a",null,[1]]}"#,
        #"{"const":false}"#, #"{"const":0}"#, #"{"const":[1]}"#, #"{"minimum":1,"maximum":10}"#, #"{"exclusiveMinimum":1}"#, #"{"multipleOf":1.5}"#,
        #"{"minLength":1,"maxLength":1}"#, #"{"pattern":"a"}"#, #"{"items":{"type":"integer"}}"#, #"{"items":[{"const":1},{"const":2}]}"#,
        #"{"items":[{}],"additionalItems":{"type":"null"}}"#, #"{"additionalItems":false}"#, #"{"contains":{"const":1}}"#, #"{"contains":false}"#,
        #"{"minItems":1,"maxItems":2}"#, #"{"uniqueItems":true}"#, #"{"properties":{"a":{"type":"integer"},"b":false}}"#,
        #"{"patternProperties":{"^x":{"type":"integer"}}}"#, #"{"additionalProperties":{"type":"integer"}}"#,
        #"{"properties":{"a":true},"patternProperties":{"b":true},"additionalProperties":false}"#, #"{"propertyNames":{"maxLength":1}}"#,
        #"{"required":["a"]}"#, #"{"minProperties":1,"maxProperties":2}"#, #"{"dependencies":{"a":["b"]}}"#,
        #"{"dependencies":{"a":{"required":["c"]},"b":true}}"#, #"{"allOf":[{"required":["a"]},{"maxProperties":1}]}"#,
        #"{"anyOf":[{"type":"string"},{"type":"array"}]}"#, #"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, #"{"not":{"type":["string","null"]}}"#,
        #"{"if":{"type":"integer"},"then":{"minimum":1}}"#, #"{"if":{"type":"array"},"else":false}"#, #"{"then":false,"else":false}"#,
        ##"{"properties":{"a":{"$ref":"#"}},"type":["object","integer"]}"##, ##"{"definitions":{"n":{"type":"array"}},"$ref":"#/definitions/n","const":1}"##,
    ]

    static let hasValidator = Python.has("jsonschema")

    /// Python's jsonschema judges the same pairs.
    @Test(.enabled(if: hasValidator, "needs Python's jsonschema: Tests/install/peers"))
    func `every pair is judged as by another validator`() throws {
        let program = """
            import json, sys
            from jsonschema import Draft7Validator
            schemas, instances = json.load(sys.stdin)
            for schema in schemas:
                Draft7Validator.check_schema(schema)
                print("".join("1" if Draft7Validator(schema).is_valid(instance) else "0" for instance in instances))
            """
        let input = "[[\(Self.schemas.joined(separator: ","))],[\(Self.instances.joined(separator: ","))]]"
        let result = Python.run(program, input: input)
        #expect(result.status == 0, "\(result.output)")
        let theirs = result.output.split(separator: "\n").map(String.init)
        for (schema, verdicts) in zip(Self.schemas, theirs) {
            let ours = try Self.instances.map { try Self.violation(schema, $0) == nil ? "1" : "0" }.joined()
            #expect(ours == verdicts, "\(schema)")
        }
        #expect(theirs.count == Self.schemas.count)
    }

    @Test(arguments: [
        ("date-time", "2026-01-31T08:49:37.5+01:00", "2026-01-31 08:49:37"), ("date-time", "1990-12-31T23:59:60Z", "1990-12-31T22:59:60Z"),
        ("date", "2000-02-29", "1900-02-29"), ("time", "23:00:00Z", "24:00:00Z"), ("email", "a.b@c.org", "a@"), ("hostname", "a-b.example", "-a.example"),
        ("ipv4", "127.0.0.1", "127.0.0.256"), ("ipv6", "::1", "::g"), ("uri", "http://h/p?q#f", "/relative"), ("uri-reference", "/relative", "a b"),
        ("json-pointer", "/a~1b/0", "a"), ("regex", "^a$", "("), ("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08"),
    ])
    func `formats are looked at`(format: String, kept: String, broken: String) throws {
        #expect(try Self.violation(#"{"format":"\#(format)"}"#, Value.string(kept).json()) == nil)
        #expect(try Self.violation(#"{"format":"\#(format)"}"#, Value.string(broken).json()) != nil)
        #expect(try Self.violation(#"{"format":"\#(format)"}"#, "7") == nil)
    }

    @Test func `a format that nobody knows rejects nothing`() throws {
        #expect(try Self.violation(#"{"format":"colour"}"#, #""x""#) == nil)
    }
}
