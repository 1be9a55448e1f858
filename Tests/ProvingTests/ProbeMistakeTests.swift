import Base
import Testing

@testable import Proving

/// Probes that would judge nobody.
@Suite struct ProbeMistakeTests {
    static let mistakes: [(old: String, new: String, message: String)] = [
        ("UPDATE item SET cents", "UPDATE items SET cents", "kiosk.json:5:5: the query fails: "),
        (#""main", "sql": "SELECT item_id"#, #""mian", "sql": "SELECT item_id"#, #"the pack has no database "mian"; did you mean "main"?"#),
        ("{{ CENTS }}\" }", "{{ SENTS }}\" }", "no value for {{ SENTS }}"),
        (#""json": "$.item""#, #""json": "$.thing""#, #"/visits/0/steps/3/values/0: "thing" finds nothing in the answer of the healthy shop"#),
        (#""ORDER": { "json": "$.id" }"#, #""ORDER": { "json": "$.number" }"#, "/visits/0/steps/2: the healthy shop cannot go on here: 201: no value for ORDER"),
        ("/orders/{{ ORDER }}", "/orders/999", #"the healthy shop leaves evidence of a fault behind here: trace service:store resource:"GET /orders/{id}" status:404"#),
    ]

    @Test(arguments: mistakes) func `a probe that the healthy shop cannot answer is refused`(old: String, new: String, message: String) throws {
        try #require(KioskProbe.text.contains(old))
        let grader = try Grader(prepared: KioskProbe.prepared(KioskProbe.text.replacing(old, with: new)))
        let error = #expect(throws: Problems.self) { try grader.checkProbes() }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `the right probe is accepted, and a malformed one and a malformed query are not`() throws {
        try Grader(prepared: KioskProbe.prepared()).checkProbes()
        let wrong = KioskProbe.text.replacing(#""name": "orders","#, with: #""name": "orders", "telemetry": ["trase x"],"#)
        let error = #expect(throws: Problems.self) { try Grader(prepared: KioskProbe.prepared(wrong)) }
        #expect(error?.description.contains("\"trase x\" is not a query") == true)
        let empty = #expect(throws: Problems.self) { try Grader(prepared: KioskProbe.prepared(#"{"description": "d"}"#)) }
        #expect(empty?.description.contains("\"visits\" is missing") == true)
    }
}
