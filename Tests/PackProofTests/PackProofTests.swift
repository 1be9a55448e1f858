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
    private static let faults = names.flatMap { pack in packs[pack]!.pack.faults.map { (pack, $0.name) } }
    private static let states = names.flatMap { pack in packs[pack]!.pack.states.map { (pack, $0.name) } }

    @Test(arguments: faults) func `every fault shows what it says, only while it is on, and gives nothing away`(pack: String, fault: String) throws {
        let prepared = Self.packs[pack]!
        #expect(try Prover(prepared: prepared).prove(try #require(prepared.pack.fault(named: fault))).findings == [])
    }

    @Test(arguments: states) func `every state fails the checks of its faults and no others`(pack: String, state: String) throws {
        let prepared = Self.packs[pack]!
        #expect(try Prover(prepared: prepared).prove(try #require(prepared.pack.state(named: state))).findings == [])
    }

    @Test(arguments: names) func `two faults at once fail exactly the checks of both`(pack: String) throws {
        #expect(try Prover(prepared: Self.packs[pack]!).provePairs().flatMap(\.findings) == [])
    }

    @Test(arguments: names) func `labs are without mistakes`(pack: String) throws {
        let labs = try LabReader.labs(of: Self.packs[pack]!.pack)
        #expect(labs.map(\.name) == labs.map(\.name).sorted() && (pack != "anycompany" || labs.count == 3))
    }

    @Test(arguments: names) func `a pack can be broken and whole`(pack: String) {
        for name in ["broken", "fixed"] { #expect(Self.packs[pack]!.pack.state(named: name) != nil) }
    }
}
