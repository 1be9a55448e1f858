import Base
import Packs
import Testing

struct OverlayTests {
    private static let base = """
        { "port": 3000, "headers": { "Server": "kiosk", "Age": "1" },
          "routes": { "GET /": [
            { "step": "rows", "do": "db.query", "sql": "SELECT 1", "values": { "a": 1 } },
            { "step": "check", "do": "when", "if": "rows", "then": [ { "step": "inner", "do": "log", "text": "x" } ] },
            { "step": "answer", "do": "respond", "json": { "a": 1, "b": 2 } } ],
            "GET /empty": [],
            "GET /named": { "name": "Named", "steps": [ { "step": "answer", "do": "respond" } ] } } }
        """

    private static func merged(_ patch: String) throws -> (result: JSONNode, problems: [String]) {
        let diagnostics = Diagnostics()
        let result = Overlay.apply(
            try JSONNode.parse(patch.utf8, file: "faults.json"), to: try JSONNode.parse(base.utf8, file: "shop.json"), reporting: diagnostics,
            pointer: "/patch")
        return (result, diagnostics.problems.map(\.description))
    }

    /// The steps of `GET /` after a patch.
    private static func steps(_ patch: String) throws -> String {
        let (result, problems) = try merged(#"{ "GET /": \#(patch) }"#)
        #expect(problems == [])
        return (result["routes"]?["GET /"]?.array ?? []).map { $0.value.json() }.joined(separator: "\n")
    }

    private static let rows = #"{"step":"rows","do":"db.query","sql":"SELECT 1","values":{"a":1}}"#
    private static let check = #"{"step":"check","do":"when","if":"rows","then":[{"step":"inner","do":"log","text":"x"}]}"#
    private static let end = #"{"step":"answer","do":"respond","json":{"a":1,"b":2}}"#
    private static let nap = #"{"step":"nap","do":"sleep","forMilliseconds":5}"#

    @Test(arguments: [
        (#"{ "rows": { "sql": "SELECT 2" } }"#, [#"{"step":"rows","do":"db.query","sql":"SELECT 2","values":{"a":1}}"#, check, end]),
        (#"{ "rows": { "values": null, "limit": 3 } }"#, [#"{"step":"rows","do":"db.query","sql":"SELECT 1","limit":3}"#, check, end]),
        (#"{ "rows": null }"#, [check, end]),
        (#"{ "nap": { "do": "sleep", "forMilliseconds": 5, "before": "rows" } }"#, [nap, rows, check, end]),
        (#"{ "nap": { "do": "sleep", "forMilliseconds": 5, "before": "answer" } }"#, [rows, check, nap, end]),
        (#"{ "nap": { "do": "sleep", "forMilliseconds": 5, "after": "answer" } }"#, [rows, check, end, nap]),
        (#"{ "rows": { "after": "answer" } }"#, [check, end, rows]),
        (
            #"{ "check": { "then": { "inner": { "text": "y" } } } }"#,
            [rows, #"{"step":"check","do":"when","if":"rows","then":[{"step":"inner","do":"log","text":"y"}]}"#, end]
        ),
        (
            #"{ "check": { "then": { "nap": { "do": "sleep", "forMilliseconds": 5, "after": "inner" } } } }"#,
            [rows, #"{"step":"check","do":"when","if":"rows","then":[{"step":"inner","do":"log","text":"x"},\#(nap)]}"#, end]
        ),
        (#"{ "answer": { "json": { "a": null, "c": 3 } } }"#, [rows, check, #"{"step":"answer","do":"respond","json":{"b":2,"c":3}}"#]),
        (
            #"{ "nap": { "do": "set", "value": { "a": null }, "before": "rows" } }"#,
            [#"{"step":"nap","do":"set","value":{"a":null}}"#, rows, check, end]
        ),
        (#"[ { "do": "respond" } ]"#, [#"{"do":"respond"}"#]),
        (#"{}"#, [rows, check, end]),
    ])
    func `steps are merged by their names`(_ patch: String, _ expected: [String]) throws {
        #expect(try Self.steps(patch) == expected.joined(separator: "\n"))
    }

    @Test(arguments: [
        (
            #"{ "nap": { "do": "sleep" } }"#,
            #"faults.json:1:13: /patch/GET ~1/nap: a new step needs "before" or "after" with the name of another step"#
        ),
        (
            #"{ "nap": { "do": "sleep", "after": "row" } }"#,
            #"faults.json:1:46: /patch/GET ~1/nap/after: there is no step "row"; did you mean "rows"?"#
        ),
        (
            #"{ "row": { "sql": "" } }"#,
            #"faults.json:1:13: /patch/GET ~1/row: there is no step "row" to change, and a new one needs "do"; did you mean "rows"?"#
        ),
        (#"{ "chekc": null }"#, #"faults.json:1:13: /patch/GET ~1/chekc: there is no step "chekc" to remove; did you mean "check"?"#),
    ])
    func `a patch of steps that do not exist is refused with its place in the fault`(_ patch: String, _ message: String) throws {
        #expect(try Self.merged(#"{ "GET /":\#(patch) }"#).problems == [message])
    }

    @Test func `everything that is no list of steps is merged as RFC 7396 says`() throws {
        let (result, problems) = try Self.merged(#"{ "port": 4000, "headers": { "Age": null, "Via": "x" }, "logs": { "line": "y", "plain": null } }"#)
        #expect(problems == [])
        #expect(result["port"]?.value == 4000)
        #expect(result["headers"]?.value == .object(["Server": "kiosk", "Via": "x"]))
        #expect(result["logs"]?.value == .object(["line": "y"]))
        #expect(result["routes"]?["GET /"]?.array?.count == 3)
    }

    @Test func `a route may stand directly in a service's patch, be new, lose its settings or go`() throws {
        let (result, _) = try Self.merged(
            #"{ "GET /new": [ { "do": "respond" } ], "GET|POST /two": [ { "do": "respond" } ], "GET /": null, "GET /named": { "name": null, "steps": { "answer": { "status": 201 } } } }"#
        )
        #expect(result["routes"]?.members?.map(\.name) == ["GET /empty", "GET /named", "GET /new", "GET|POST /two"])
        #expect(result["routes"]?["GET /named"]?.value == .object(["steps": [.object(["step": "answer", "do": "respond", "status": 201])]]))
    }

    @Test func `an empty list of steps takes a new one without a place`() throws {
        let (result, problems) = try Self.merged(#"{ "GET /empty": { "nap": { "do": "sleep" }, "answer": { "do": "respond", "after": "nap" } } }"#)
        #expect(problems == [])
        #expect(result["routes"]?["GET /empty"]?.array?.map { $0["step"]?.string } == ["nap", "answer"])
    }

    @Test func `the same route is the same key whether it stands in routes or directly`() throws {
        func touched(_ patch: String) throws -> [String] { Overlay.touchedPointers(try JSONNode.parse(patch.utf8, file: "x")).sorted() }
        #expect(try touched(#"{ "GET /": { "a": { "loading": "lazy" } } }"#) == ["/routes/GET ~1/a/loading"])
        #expect(try touched(#"{ "routes": { "GET /": { "a": { "loading": "lazy" } } } }"#) == ["/routes/GET ~1/a/loading"])
        #expect(
            try touched(#"{ "port": 1, "GET /": { "nap": { "do": "sleep", "forMilliseconds": 5 }, "a": null } }"#) == [
                "/port", "/routes/GET ~1/a", "/routes/GET ~1/nap",
            ])
        #expect(try touched("{}") == [])
    }

    @Test(
        arguments: [
            (["/a/b"], ["/a/b"], "/a/b"), (["/a/b"], ["/a/c"], nil), (["/a"], ["/a/c"], "/a/c"), (["/a/b/c"], ["/a/b"], "/a/b/c"),
            (["/a"], ["/ab"], nil), ([], ["/a"], nil),
        ] as [(Set<String>, Set<String>, String?)])
    func `changes conflict at one key and within each other`(_ first: Set<String>, _ second: Set<String>, _ expected: String?) {
        #expect(Overlay.conflict(between: first, and: second) == expected)
        #expect(Overlay.conflict(between: second, and: first) == expected)
    }

    @Test(arguments: [("GET /", true), ("GET|HEAD /x", true), ("get /", false), ("routes", false), ("GET x", false), ("GET", false)])
    func `a route's name is methods, a space and a path`(_ name: String, _ isRoute: Bool) { #expect(Overlay.isRoute(name) == isRoute) }
}
