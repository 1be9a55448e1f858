import EmbeddedPacks
import Handlers
import Storefront
import Testing

@testable import Proving

@Suite struct StoredogProofTests {
    @Test(arguments: Storedog.prepared.pack.faults.map(\.name)) func `every fault shows what it says, only while it is on, and gives nothing away`(name: String) throws {
        let fault = try #require(Storedog.prepared.pack.fault(named: name))
        #expect(try Prover(prepared: Storedog.prepared).prove(fault).findings == [])
    }

    @Test(arguments: Storedog.prepared.pack.states.map(\.name)) func `every state fails the checks of its faults and no others`(name: String) throws {
        let state = try #require(Storedog.prepared.pack.state(named: name))
        #expect(try Prover(prepared: Storedog.prepared).prove(state).findings == [])
    }

    @Test func `two faults at once fail exactly the checks of both`() throws {
        #expect(try Prover(prepared: Storedog.prepared).provePairs().flatMap(\.findings) == [])
    }

    @Test(arguments: ["broken", "fixed", "attack", "react", "broken-no-instrumentation", "broken-no-apm-instrumentation", "ads-canary-v2", "latest"])
    func `the workshop's names for states are known`(name: String) throws {
        #expect(Storedog.prepared.pack.state(named: name) != nil)
    }
}

/// The smallest pack, which doubles as the worked example of how to write one.
@Suite struct HelloProofTests {
    @Test func `hello does what it says`() throws {
        let prepared = try PreparedPack(EmbeddedPacks.files(of: "hello")!, handlers: .builtIn)
        let report = try Prover(prepared: prepared).prove()
        #expect(report.isProved, "\(report.text)")
        #expect(report.passed == 6)
    }
}
