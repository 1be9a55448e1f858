import EmbeddedPacks
import Handlers
import Storefront
import Testing

@testable import Proving

/// Every fault and every state of every built-in pack, as `shophost prove` proves them.
@Suite struct PackProofTests {
    private static let names = EmbeddedPacks.names
    /// Each checked once for all tests.
    private static let packs = Dictionary(
        uniqueKeysWithValues: names.map { name in
            do { return (name, try PreparedPack(EmbeddedPacks.files(of: name)!, handlers: .builtIn)) } catch { fatalError("\(error)") }
        })

    @Test(arguments: names) func `every fault shows what it says, only while it is on, and gives nothing away; states and pairs do as their faults do`(pack: String) throws {
        let report = try Prover(prepared: Self.packs[pack]!).prove()
        let findings = report.faults.flatMap { proof in proof.findings.map { "\(proof.name): \($0)" } }
            + report.states.flatMap { proof in proof.findings.map { "\(proof.name): \($0)" } }
            + report.pairs.flatMap { proof in proof.findings.map { "\(proof.name): \($0)" } }
        #expect(findings == [])
        #expect(!report.faults.isEmpty && !report.states.isEmpty)
    }

    /// Nothing in this pack is left to chance, so that both ways must agree to the last check.
    @Test func `asking only the checks that both faults concern tells what asking all of them tells`() throws {
        let prover = try Prover(prepared: Self.packs["storedog"]!)
        let thorough = try prover.provePairs()
        let quick = try prover.provePairs(after: try Self.packs["storedog"]!.pack.faults.map { try prover.prove($0) })
        #expect(thorough.flatMap(\.findings) == [])
        #expect(quick.map(\.red) == thorough.map(\.red))
        #expect(quick.reduce(0) { $0 + $1.asked } < thorough.reduce(0) { $0 + $1.asked } / 2)
    }

    @Test(arguments: names) func `a pack can be broken and whole`(pack: String) {
        for name in ["broken", "fixed"] { #expect(Self.packs[pack]!.pack.state(named: name) != nil) }
    }
}
