import Testing

@testable import Proving

@Suite struct AnyCompanyProofTests {
    @Test(arguments: AnyCompany.prepared.pack.faults.map(\.name)) func `every fault shows what it says, only while it is on, and gives nothing away`(name: String) throws {
        let fault = try #require(AnyCompany.prepared.pack.fault(named: name))
        #expect(try Prover(prepared: AnyCompany.prepared).prove(fault).findings == [])
    }

    @Test(arguments: AnyCompany.prepared.pack.states.map(\.name)) func `every state fails the checks of its faults and no others`(name: String) throws {
        let state = try #require(AnyCompany.prepared.pack.state(named: name))
        #expect(try Prover(prepared: AnyCompany.prepared).prove(state).findings == [])
    }

    @Test func `two faults at once fail exactly the checks of both`() throws {
        #expect(try Prover(prepared: AnyCompany.prepared).provePairs().flatMap(\.findings) == [])
    }
}
