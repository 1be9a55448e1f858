import Base
import HTTP
import ShopTesting
import Storefront
import Testing

/// What `json` of `respond` writes, to the byte.
struct ShapeTests {
    private func body(_ json: String, style: String = "compact") throws -> String {
        let steps =
            #"{ "step": "rows", "do": "set", "value": [{ "id": 2, "name": "Café" }, { "id": 1, "name": "Tea" }] }, { "step": "none", "do": "set", "value": [] }, { "do": "respond", "style": "\#(style)", "json": \#(json) }"#
        return try answer(TestPack(steps: steps))
    }

    @Test(arguments: [
        (#"{ "b": 1, "a": [true, null, 1.5] }"#, #"{"b":1,"a":[true,null,1.5]}"#), (#"{ "each": "row in rows", "as": "{row.id}" }"#, "[2,1]"),
        (#"{ "each": "row in rows", "as": "no {row.id}" }"#, #"["no 2","no 1"]"#), (#"{ "each": "row in none", "as": "{row.id}" }"#, "[]"),
        (#"{ "each": "row in rows", "as": { "each": "n in rows", "as": "{row.id * n.id}" } }"#, "[[4,2],[2,1]]"),
        (#"{ "if": "(rows | count) > 1", "then": "many", "else": "few" }"#, #""many""#), (#"{ "if": "none", "then": 1 }"#, "null"),
        (#"{ "a": { "if": "none", "then": 1, "else": { "b": "{rows.0.id}" } } }"#, #"{"a":{"b":2}}"#),
        (#"{ "merge": [ { "a": 1, "b": 2 }, { "b": 3 }, "{rows.1}" ] }"#, #"{"a":1,"b":3,"id":1,"name":"Tea"}"#),
        (#""{rows}""#, #"[{"id":2,"name":"Café"},{"id":1,"name":"Tea"}]"#),
        (#"{}"#, "{}"), (#"[]"#, "[]"), (#"{ "each": 1 }"#, #"{"each":1}"#), (#"{ "{rows}": "{{}}" }"#, #"{"{rows}":"{}"}"#),
        (#""{rows | count}""#, "2"), (#""{rows | count} rows""#, #""2 rows""#),
    ])
    func `a shape gives this JSON`(_ json: String, _ expected: String) throws { #expect(try body(json) == expected) }

    private static let data =
        #"{ "name": "Café \"1\"", "list": { "each": "row in rows", "as": { "id": "{row.id}", "a": [] } }, "fixed": { "b": 1, "a": {} } }"#

    @Test(arguments: [
        ("compact", #"{"name":"Café \"1\"","list":[{"id":2,"a":[]},{"id":1,"a":[]}],"fixed":{"b":1,"a":{}}}"#),
        ("python", #"{"fixed": {"a": {}, "b": 1}, "list": [{"a": [], "id": 2}, {"a": [], "id": 1}], "name": "Caf\u00e9 \"1\""}"#),
        ("flask-compact", #"{"fixed":{"a":{},"b":1},"list":[{"a":[],"id":2},{"a":[],"id":1}],"name":"Caf\u00e9 \"1\""}"# + "\n"),
        (
            "pretty",
            "{\n  \"name\": \"Café \\\"1\\\"\",\n  \"list\": [\n    {\n      \"id\": 2,\n      \"a\": []\n    },\n    {\n      \"id\": 1,\n      \"a\": []\n    }\n  ],\n  \"fixed\": {\n    \"b\": 1,\n    \"a\": {}\n  }\n}\n"
        ),
        (
            "flask",
            "{\n  \"fixed\": {\n    \"a\": {},\n    \"b\": 1\n  },\n  \"list\": [\n    {\n      \"a\": [],\n      \"id\": 2\n    },\n    {\n      \"a\": [],\n      \"id\": 1\n    }\n  ],\n  \"name\": \"Caf\\u00e9 \\\"1\\\"\"\n}\n"
        ),
        (
            "flask-debug",
            "{\n  \"fixed\": {\n    \"a\": {}, \n    \"b\": 1\n  }, \n  \"list\": [\n    {\n      \"a\": [], \n      \"id\": 2\n    }, \n    {\n      \"a\": [], \n      \"id\": 1\n    }\n  ], \n  \"name\": \"Caf\\u00e9 \\\"1\\\"\"\n}\n"
        ),
    ])
    func `every style writes these bytes`(_ style: String, _ expected: String) throws { #expect(try body(Self.data, style: style) == expected) }

    @Test(arguments: JSONStyle.named.keys.sorted())
    func `compiled writing equals writing the value`(_ style: String) throws {
        let value = try Value.parse(json: try body(Self.data, style: "compact").utf8)
        #expect(try body(Self.data, style: style) == value.json(JSONStyle.named[style]!))
    }

    @Test func `each of something that is no list fails the request`() throws {
        let text = try body(#"{ "each": "x in service.name", "as": 1 }"#)
        #expect(text == #"{"error":"\"each\" needs a list"}"#)
    }
}
