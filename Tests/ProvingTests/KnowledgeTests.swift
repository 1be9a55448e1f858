import Base
import Packs
import Testing

@testable import Proving

/// What need not be asked of two faults, because each of them alone has told it.
@Suite struct KnowledgeTests {
    // MARK: Places that a fault changes

    private static let wiring = #"""
        {
          "port": 1, "database": "shelf", "background": { "tidy": { "steps": [{ "do": "db.transaction", "steps": [] }] }, "post": { "steps": [{ "step": "sent", "do": "call", "service": "other", "path": "/a" }] } }, "before": [{ "do": "perform", "procedure": "visitor" }],
          "procedures": {
            "visitor": { "steps": [] }, "total": { "steps": [] }, "outer": { "steps": [{ "step": "t", "do": "perform", "procedure": "total" }] }, "unused": { "steps": [] }
          },
          "routes": {
            "GET /a": [{ "step": "x", "do": "when", "if": "1", "then": [{ "do": "perform", "procedure": "outer" }] }],
            "GET|POST /b/{id}": { "steps": [{ "step": "y", "do": "perform", "procedure": "total" }] },
            "GET /c": [{ "step": "z", "do": "log", "text": "t" }]
          }
        }
        """#

    private static func changed(_ patch: String, places: [(String, String?)], readsTelemetry: Bool = false) throws -> [Bool] {
        var changed = ChangedPlaces()
        let wirings = ["shop": wiring, "sharer": #"{"database": "shelf"}"#, "other": #"{"database": "drawer"}"#]
        changed.add(
            try JSONNode.parse(patch.utf8, file: "p"), of: "shop", in: try wirings.mapValues { try JSONNode.parse($0.utf8, file: "w") })
        return places.map { changed.contain([Place(service: $0.0, route: $0.1)], readsTelemetry: readsTelemetry) }
    }

    @Test(arguments: [
        (#"{"GET /a": {"x": null}}"#, [true, false, false, false, false, false]),
        (#"{"routes": {"GET|POST /b/{id}": null}}"#, [false, true, false, false, false, false]),
        (#"{"procedures": {"total": {"steps": []}}}"#, [true, true, false, false, false, false]),
        (#"{"procedures": {"outer": {"steps": []}}}"#, [true, false, false, false, false, false]),
        (#"{"procedures": {"visitor": {"steps": []}}}"#, [true, true, true, true, false, false]),
        (#"{"procedures": {"unused": {"steps": []}}}"#, [false, false, false, false, false, false]),
        (#"{"reachable": false}"#, [true, true, true, true, false, false]),
        (#"{"errors": {"404": []}, "GET /c": {"z": null}}"#, [true, true, true, true, false, false]),
        (#"{"background": {"count": {"steps": [{"step": "n", "do": "db.value", "sql": "SELECT 1"}]}}}"#, [true, true, true, true, true, false]),
        (#"{"background": {"count": {"steps": [{"step": "n", "do": "pods.delete", "deployments": ["other"]}]}}}"#, [true, true, true, true, true, true]),
        (#"{"background": {"report": {"steps": [{"step": "n", "do": "db.hold"}]}}}"#, [true, true, true, true, true, true]),
        (#"{"background": {"tidy": null}}"#, [true, true, true, true, true, false]),
        (#"{"background": {"post": null}}"#, [true, true, true, true, true, true]),
        (#"{"indexes": {}}"#, [true, true, true, true, true, false]),
        (#"{"connections": 1}"#, [true, true, true, true, true, true]),
        (#"{"database": "drawer"}"#, [true, true, true, true, true, true]),
        (#"{"collector": {}}"#, [false, false, false, false, false, false]),
    ])
    func `a change concerns its routes, its service, its database or everybody`(patch: String, expected: [Bool]) throws {
        let places: [(String, String?)] = [("shop", "/a"), ("shop", "/b/{id}"), ("shop", "/c"), ("shop", nil), ("sharer", "/a"), ("other", "/a")]
        #expect(try Self.changed(patch, places: places) == expected)
    }

    @Test func `another collector concerns all who read telemetry, another route those whose requests reach its service`() throws {
        #expect(try Self.changed(#"{"collector": {}}"#, places: [("shop", "/a"), ("other", "/a")], readsTelemetry: true) == [true, true])
        #expect(try Self.changed(#"{"GET /a": {"x": null}}"#, places: [("shop", "/c"), ("other", "/a")], readsTelemetry: true) == [true, false])
    }

    // MARK: Pairs

    private static func reports(_ faults: String) throws -> (quick: ProofReport, thorough: ProofReport) {
        let states = #"{"odd": {"title": "t", "aliases": ["broken"], "faults": []}, "fixed": {"title": "t"}}"#
        let prepared = try KioskPack.prepared(files: ["faults.json": faults, "states.json": states])
        return (try Prover(prepared: prepared).prove(), try Prover(prepared: prepared, asksEverything: true).prove())
    }

    private static func fault(_ name: String, _ patch: String, red: String = "[]") -> String {
        #""\#(name)": {"title": "t", "shows": "s", "fix": "f", "patch": \#(patch), "proof": {"red": \#(red)}}"#
    }

    private static let lost = fault(
        "orders-lost", #"{"store": {"POST /orders": {"keep": {"do": "number", "from": 1000, "to": 9999, "table": null, "values": null}}}}"#,
        red: #"["An order is kept"]"#)
    private static let slow = fault(
        "prices-slow", #"{"prices": {"GET /prices": {"nap": {"do": "sleep", "forMilliseconds": 2500, "after": "items"}}}}"#,
        red: #"["Home page is quick", "Prices are quick"]"#)

    @Test func `checks that only one fault concerns are not asked again, and fail all the same`() throws {
        let (quick, thorough) = try Self.reports("{\(Self.lost), \(Self.slow)}")
        let count = thorough.pairs[0].asked
        #expect(quick.pairs[0].red == ["Home page is quick", "Prices are quick", "An order is kept"])
        #expect(quick.pairs[0].red == thorough.pairs[0].red && quick.isProved && thorough.isProved)
        #expect(quick.pairs[0].asked == 0 && count > 5, "\(quick.pairs[0].asked) of \(count)")
        #expect(quick.text.contains("1 of 1 combinations of two faults fail exactly the checks of both (0 checks asked)"))
    }

    @Test func `what only both together break is found`() throws {
        let nap = #"{"do": "sleep", "forMilliseconds": 600, "after": "items"}"#
        let list = #"{"do": "sleep", "forMilliseconds": 600, "after": "list"}"#
        let (quick, thorough) = try Self.reports(
            "{" + Self.fault("nap-behind", #"{"prices": {"GET /prices": {"nap": \#(nap)}}}"#) + ","
                + Self.fault("nap-before", #"{"store": {"GET /": {"nap": \#(list)}}}"#) + "}")
        #expect(quick.pairs[0].red == ["Home page is quick"])
        #expect(quick.pairs[0].red == thorough.pairs[0].red && quick.pairs[0].asked < thorough.pairs[0].asked)
    }

    @Test func `with a fault that asks others in the background everything is asked`() throws {
        let busy = Self.fault(
            "busy", #"{"store": {"background": {"work": {"everyMilliseconds": 1000, "steps": [{"step": "t", "do": "call", "service": "prices", "path": "/prices"}]}}}}"#)
        let (quick, thorough) = try Self.reports("{\(Self.lost), \(busy)}")
        #expect(quick.pairs[0].asked == thorough.pairs[0].asked)
    }

    @Test func `with a fault that works on a database checks are asked that reach its service and the other fault`() throws {
        let busy = Self.fault("busy", #"{"store": {"background": {"work": {"everyMilliseconds": 1000, "steps": [{"step": "t", "do": "log", "text": "tick"}]}}}}"#)
        let (quick, thorough) = try Self.reports("{\(Self.lost), \(busy)}")
        #expect(quick.pairs[0].red == thorough.pairs[0].red)
        #expect(quick.pairs[0].asked == 1 && thorough.pairs[0].asked > 1, "\(quick.pairs[0].asked) of \(thorough.pairs[0].asked)")
    }

    @Test func `with a fault that shows where it changes nothing everything is asked`() throws {
        // The home page keeps a transaction open: whoever needs the database meanwhile waits.
        let lock = Self.fault(
            "page-lock", #"{"store": {"GET /": {"hold": {"do": "db.transaction", "steps": [{"step": "long", "do": "sleep", "forMilliseconds": 3000}], "before": "list"}}}}"#,
            red: #"["Home page is quick", "Prices are quick"]"#)
        let (quick, thorough) = try Self.reports("{\(lock), \(Self.lost)}")
        try #require(thorough.faults[0].red.contains("Prices are quick"), "\(thorough.faults[0].red)")
        #expect(quick.pairs[0].asked == thorough.pairs[0].asked)
    }
}
