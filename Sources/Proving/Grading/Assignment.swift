import Base
import Packs
import Storefront

/// What a learner was given to mend: a state of a pack, and the faults that were switched on beside it.
public struct Assignment: Sendable, Hashable {
    public var state: String
    /// Switched on in this order after the state has opened the shop; may name faults of the state to give them other options.
    public var faults: [ActiveFault]

    public init(state: String, faults: [ActiveFault] = []) {
        self.state = state
        self.faults = faults
    }

    /// Names of all faults that are there to be mended, those of the state first.
    ///
    /// - Throws: `ShopCore.Refusal` for a state or fault that the pack does not have, and for two faults that cannot be on together.
    func faultNames(in pack: Pack) throws -> [String] {
        guard let state = pack.state(named: state) else {
            throw ShopCore.Refusal("the pack \"\(pack.name)\" has no state \"\(self.state)\"" + suggestion(for: self.state, among: pack.stateNames))
        }
        for fault in faults where pack.fault(named: fault.name) == nil {
            throw ShopCore.Refusal("the pack \"\(pack.name)\" has no fault \"\(fault.name)\"" + suggestion(for: fault.name, among: pack.faults.map(\.name)))
        }
        return state.faults + faults.map(\.name).filter { !state.faults.contains($0) }
    }
}

