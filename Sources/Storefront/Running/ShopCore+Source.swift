import Base
import Packs

extension ShopCore {
    /// The effective wiring of a service as a learner reads and edits it.
    public func source(of name: String) throws -> String {
        guard let service = service(named: name) else {
            throw Refusal("the pack \"\(pack.name)\" has no service \"\(name)\"" + suggestion(for: name, among: services.map(\.name)))
        }
        return service.deployments.last?.compiled.source.text ?? ""
    }

    /// The text of a view as the entry service sees it.
    public func viewSource(_ name: String) throws -> String {
        let replacements = services.first { $0.name == pack.entry }?.deployments.first?.compiled.views ?? [:]
        guard let text = views.source(name, replacements: replacements) else {
            throw Refusal("the pack has no view \"\(name)\"" + suggestion(for: name, among: views.names))
        }
        return text
    }

    /// Takes over the wiring, faults, states and views of a pack that was read again. Data, sessions and active faults stay.
    ///
    /// - Throws: What is wrong with it; nothing has changed then.
    public func reload(_ prepared: PreparedPack) async throws {
        try checkTakesOver(prepared.pack)
        let previous = (pack, views)
        pack = prepared.pack
        packGeneration += 1
        do {
            views = try ViewStore(pack.files, keepingEditsOf: views)
            let faults = activeFaults.filter { pack.fault(named: $0.name) != nil }
            try apply(faults, edited: edited, announcing: nil)
        } catch {
            (pack, views) = previous
            throw error
        }
        try await adjustDatabases()
    }

    /// What a running shop cannot take over: other services have no ports, other tables no rows, and a state that is gone no wiring.
    private func checkTakesOver(_ next: Pack) throws {
        guard next.name == pack.name else { throw Refusal("it is another pack now, \"\(next.name)\"; switch to it to take it over") }
        guard next.services == pack.services else { throw Refusal("the list of services changed; switch to the pack again to take it over") }
        let isSameData = next.databases.elementsEqual(pack.databases) {
            $0.name == $1.name && $0.isShared == $1.isShared && $0.schema == $1.schema && $0.seeds == $1.seeds
        }
        guard isSameData else { throw Refusal("tables or their rows changed; switch to the pack again to take them over") }
        guard next.state(named: stateName) != nil else {
            throw Refusal("the state \"\(stateName)\" is gone" + suggestion(for: stateName, among: next.stateNames) + "; switch to another one first")
        }
    }
}
