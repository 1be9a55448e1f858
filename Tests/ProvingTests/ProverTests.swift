import Base
import Testing

@testable import Proving

@Suite struct ProverTests {
    @Test func `every fault and state of a right pack is proved`() throws {
        let report = try Prover(prepared: KioskPack.prepared()).prove()
        #expect(report.faults.flatMap(\.findings) == [])
        #expect(report.states.flatMap(\.findings) == [])
        #expect(report.faults.map(\.name) == ["prices-one-by-one", "prices-wait", "prices-gone", "orders-lost"])
        #expect(report.faults[1].red == ["Home page is quick", "Prices are quick"])
        #expect(report.faults.allSatisfy { $0.evidence.allSatisfy { $0.matches > 0 } && !$0.evidence.isEmpty })
        #expect(report.states[0].red == ["Home page is quick", "Prices are quick", "An order is kept"])
        #expect(report.pairs.flatMap(\.findings) == [])
        #expect(report.text.hasSuffix("\n\(7 + report.pairs.count) passed, 0 failed\n"))
        #expect(report.isProved)
    }

    @Test func `a state without traces leaves out the checks that read them`() throws {
        let prepared = try KioskPack.prepared()
        let proof = try Prover(prepared: prepared).prove(#require(prepared.pack.state(named: "quiet")))
        #expect(proof.unasked == ["Prices need few queries"])
        #expect(proof.red == ["Home page is quick", "Prices are quick"])
        #expect(proof.isProved)
    }

    @Test func `the same pack and seed always give the same report`() throws {
        let prepared = try KioskPack.prepared()
        let reports = try (0..<2).map { _ in try Prover(prepared: prepared, seed: 7).prove().value.json() }
        #expect(reports[0] == reports[1])
    }

    static let wait = #""patch": {"prices": {"GET /prices": {"nap": {"do": "sleep", "forMilliseconds": 2500, "after": "items"}}}}"#

    static let wrongProofs: [(proof: String, finding: String)] = [
        (#"{"red": ["Home page is quick", "Prices are quick", "Home page opens"]}"#, #"broken: "Home page opens" passed and must fail"#),
        (
            #"{"red": ["Prices are quick"]}"#,
            #"broken: "Home page is quick" failed: responseTime should be less than 1000. Actual: 2500.3"#
        ),
        (
            #"{"red": ["Home page is quick", "Prices are quick", "Prices are quik"]}"#,
            #"the proof names the check "Prices are quik", which the pack does not have; did you mean "Prices are quick"?"#
        ),
        (
            #"{"red": ["Home page is quick", "Prices are quick"], "evidence": ["trace service:prices duration_ms>9000"]}"#,
            "broken: nothing matches: trace service:prices duration_ms>9000"
        ),
        (
            #"{"red": ["Home page is quick", "Prices are quick"], "evidence": ["log service:prices prices"]}"#,
            "healthy: 4 matches of: log service:prices prices"
        ),
    ]

    @Test(arguments: wrongProofs) func `a proof that says something else than what happens is refused`(proof: String, finding: String) throws {
        let result = try KioskPack.proof(ofFault: Self.wait + #", "proof": "# + proof)
        #expect(!result.isProved)
        #expect(result.findings.map(\.description).contains(finding), "\(result.findings)")
    }

    @Test func `a fault without a proof and one with a malformed query are refused`() throws {
        #expect(try KioskPack.proof(ofFault: Self.wait + #", "proof": {}"#).findings.contains(.noProof))
        let result = try KioskPack.proof(ofFault: Self.wait + #", "proof": {"red": ["Home page is quick", "Prices are quick"], "evidence": ["trase service:prices"]}"#)
        #expect(result.findings.count == 1)
        #expect(result.findings.first?.description.hasPrefix("not a query: trase service:prices: ") == true)
    }

    @Test func `damage that stays after the fault is found, and a reset repairs it`() throws {
        let patch = #"""
            "patch": {"prices": {"GET /prices": {"more": {"do": "db.insert", "table": "item",
              "values": {"name": "more", "cents": 1, "kind_id": 1}, "before": "items"}}}}, "proof": {"red": ["Home page opens"]}
            """#
        let result = try KioskPack.proof(ofFault: patch)
        #expect(result.red == ["Home page opens"])
        guard case .red("Home page opens", .recovered, _)? = result.findings.first else { Issue.record("\(result.findings)"); return }
        #expect(result.findings.count == 1)
    }

    @Test func `what runs after a fault that goes off must be what ran before`() throws {
        let bench = try Prover(prepared: KioskPack.prepared()).bench()
        let prints = try bench.loop.run {
            try await bench.open(state: "fixed", instrumentation: .full)
            var prints = [try await bench.deployedFingerprint()]
            try await bench.shop.with { try await $0.switchOn("prices-wait") }
            prints.append(try await bench.deployedFingerprint())
            try await bench.shop.with { try await $0.switchOff("prices-wait") }
            prints.append(try await bench.deployedFingerprint())
            return prints
        }
        #expect(prints[0] == prints[2])
        #expect(prints[0] != prints[1])
    }

    @Test func `a fault that changes nothing is not proved by checks that stay green`() throws {
        let patch = #""patch": {"prices": {"GET /prices": {"nap": {"do": "sleep", "forMilliseconds": 1, "after": "items"}}}}"#
        let result = try KioskPack.proof(ofFault: patch + #", "proof": {"red": ["Prices are quick"]}"#)
        #expect(result.findings == [.green(check: "Prices are quick", phase: .broken)])
    }

    static let journey = #"""
        {"type": "browser", "name": "Visitors order", "config": {"request": {"url": "{{ STORE_URL }}/"}},
         "steps": [{"name": "Look", "type": "assertPageContains", "params": {"value": "things"}}]}
        """#

    @Test func `browser checks are known to proofs and asked by none`() throws {
        let prepared = try KioskPack.prepared(files: ["checks/journeys.synthetics.json": Self.journey])
        let prover = try Prover(prepared: prepared)
        let fault = try #require(prepared.pack.fault(named: "orders-lost"))
        #expect(try prover.prove(fault).isProved)
        var named = fault
        named.proof.red.append("Visitors order")
        #expect(try prover.prove(named).findings == [])
        named.proof.red.append("Visitors ordr")
        #expect(
            try prover.prove(named).findings.map(\.description) == [
                #"the proof names the check "Visitors ordr", which the pack does not have; did you mean "Visitors order"?"#
            ])
        #expect(try prover.prove(#require(prepared.pack.state(named: "fixed"))).unasked == ["Visitors order"])
    }

    @Test func `a fault is recognised by those of its checks that were asked`() throws {
        var fault = try #require(KioskPack.prepared().pack.fault(named: "orders-lost"))
        fault.proof.red = ["An order is kept", "Visitors order"]
        var observation = Observation()
        #expect(!fault.isPresent(in: observation, of: ["An order is kept"]))
        observation.shortcomings = [Shortcoming(.check(name: "An order is kept"), [], "it is lost")]
        #expect(fault.isPresent(in: observation, of: ["An order is kept"]))
        #expect(!fault.isPresent(in: observation, of: []))
    }

    @Test func `a fault that only a browser would show is not proved here`() throws {
        let prepared = try KioskPack.prepared(files: ["checks/journeys.synthetics.json": Self.journey])
        var fault = try #require(prepared.pack.fault(named: "orders-lost"))
        fault.proof.red = ["Visitors order"]
        fault.proof.evidence = []
        #expect(try Prover(prepared: prepared).prove(fault).findings.contains(.noProof))
    }

    @Test func `mistakes in check files are thrown`() throws {
        let prepared = try KioskPack.prepared(files: ["checks/more.synthetics.json": #"{"tests": [{"localTestDefinition": {"type": "apo"}}]}"#])
        let error = #expect(throws: Problems.self) { try Prover(prepared: prepared) }
        #expect(error?.description.contains("Kiosk/checks/more.synthetics.json:1:") == true)
    }
}
