import Testing

@testable import Proving

@Suite struct SockShopProofTests {
    @Test(arguments: SockShop.prepared.pack.faults.map(\.name)) func `every fault shows what it says, only while it is on, and gives nothing away`(name: String) throws {
        let fault = try #require(SockShop.prepared.pack.fault(named: name))
        #expect(try Prover(prepared: SockShop.prepared).prove(fault).findings == [])
    }

    @Test(arguments: SockShop.prepared.pack.states.map(\.name)) func `every state fails the checks of its faults and no others`(name: String) throws {
        let state = try #require(SockShop.prepared.pack.state(named: name))
        #expect(try Prover(prepared: SockShop.prepared).prove(state).findings == [])
    }

    @Test func `two faults at once fail exactly the checks of both`() throws {
        #expect(try Prover(prepared: SockShop.prepared).provePairs().flatMap(\.findings) == [])
    }
}
