import Base
import Testing

@testable import Proving

@Suite struct PairTests {
    static func report(_ proofs: [String: String]) throws -> ProofReport {
        func fault(_ name: String, _ patch: String) -> String {
            #""\#(name)": {"title": "t", "shows": "s", "fix": "f", "patch": \#(patch), "proof": \#(proofs[name] ?? "{}")}"#
        }
        let nap = #"{"do": "sleep", "forMilliseconds": 600, "after": "items"}"#
        let faults = [
            fault("nap-here", #"{"prices": {"GET /prices": {"nap": \#(nap)}}}"#), fault("nap-there", #"{"prices": {"GET /prices": {"rest": \#(nap)}}}"#),
            fault("nap-again", #"{"prices": {"GET /prices": {"nap": \#(nap)}}}"#),
        ]
        let states = #"{"tired": {"title": "t", "aliases": ["broken"], "faults": ["nap-here"]}, "fixed": {"title": "t"}}"#
        return try Prover(prepared: KioskPack.prepared(files: ["faults.json": "{" + faults.joined(separator: ",") + "}", "states.json": states])).prove()
    }

    @Test func `two faults that change the same place are no pair`() throws {
        #expect(try Self.report([:]).pairs.map(\.name) == ["nap-here + nap-there", "nap-there + nap-again"])
    }

    @Test func `what only both together break must be declared`() throws {
        let found = try Self.report([:]).pairs[0]
        #expect(found.red == ["Home page is quick", "Prices are quick"])
        #expect(found.findings.count == 2)
        #expect(found.findings.first?.description == #"together: "Home page is quick" failed: responseTime should be less than 1000. Actual: 1200.3"#)
        let declared = try Self.report(["nap-there": #"{"together": {"nap-here": ["Home page is quick", "Prices are quick"], "nap-again": []}}"#])
        #expect(declared.pairs.map(\.isProved) == [true, false])
    }

    @Test func `a check that may fail is no surprise, and a declared one that passes is`() throws {
        let both = #"["Home page is quick", "Prices are quick"]"#
        #expect(try Self.report(["nap-here": #"{"sometimes": \#(both)}"#, "nap-again": #"{"sometimes": \#(both)}"#]).pairs.map(\.isProved) == [true, true])
        let wrong = try Self.report(["nap-here": #"{"red": ["Home page opens"], "sometimes": \#(both)}"#])
        #expect(wrong.pairs[0].findings == [.green(check: "Home page opens", phase: .together)])
    }

    @Test func `pairs count in the last line and the failed ones are listed`() throws {
        let report = try Self.report([:])
        #expect(report.text.contains("\n  pairs  0 of 2 combinations of two faults fail exactly the checks of both ("))
        #expect(report.text.contains("  pair   nap-here + nap-there   FAILED  red: Home page is quick, Prices are quick\n"))
        #expect(report.failed == 5)
    }
}
