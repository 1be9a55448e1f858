import Packs
import Storefront

/// Decides which of the faults are mended, and says of each shortcoming whose it is.
struct Verdict {
    let faults: [FaultDefinition]
    /// Names of faults that are still there.
    let present: Set<String>
    let observation: Observation
    /// What the faults that are still there bring with them.
    let explained: Set<Shortcoming.Subject>
    let dependencies: Dependencies

    func grade(pack: String, state: String, submission: Submission) -> Grade {
        var problems = faults.map { Grade.Problem(fault: $0.name, title: $0.title, isFixed: !present.contains($0.name)) }
        var general: [Shortcoming] = []
        let unexplained = observation.shortcomings.filter { !explained.contains($0.subject) }
        for shortcoming in unexplained.enumerated().sorted(by: { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }).map(\.element) {
            let owners = owners(of: shortcoming)
            if owners.isEmpty { general.append(shortcoming) }
            for index in problems.indices where owners.contains(problems[index].fault) {
                problems[index].isFixed = false
                problems[index].reasons.append(Grade.Reason(shortcoming))
            }
        }
        for index in problems.indices { problems[index].reasons += stillThere(problems[index].fault) }
        return Grade(
            pack: pack, state: state, problems: problems, reasons: general.map(Grade.Reason.init), isEmpty: submission.isEmpty,
            filesWithoutEffect: submission.filesWithoutEffect)
    }

    /// The faults whose mending has brought it about: those of the services where it comes from. Nobody's when none is mended.
    private func owners(of shortcoming: Shortcoming) -> Set<String> {
        if faults.count == 1 { return [faults[0].name] }
        let mended = faults.filter { !present.contains($0.name) }
        let origins = origins(of: shortcoming)
        let close = mended.filter { !$0.touchedServices.isDisjoint(with: origins) }
        return Set((close.isEmpty ? mended : close).map(\.name))
    }

    /// The services asked, or those behind them that have shortcomings of their own.
    private func origins(of shortcoming: Shortcoming) -> Set<String> {
        let lacking = observation.shortcomings.filter { !explained.contains($0.subject) }.reduce(into: Set<String>()) { $0.formUnion($1.services) }
        return shortcoming.services.reduce(into: []) { origins, service in
            let behind = dependencies.below(service).intersection(lacking)
            origins.formUnion(behind.isEmpty ? [service] : behind)
        }
    }

    /// The signs of a fault that is still there.
    private func stillThere(_ name: String) -> [Grade.Reason] {
        guard present.contains(name), let fault = faults.first(where: { $0.name == name }) else { return [] }
        let evidence = (observation.evidence[name] ?? []).map { found in
            Shortcoming(.evidence(query: found.query), [], "\(found.matches) \(found.matches == 1 ? "match" : "matches") of: \(found.query)")
        }
        // Listed already when nothing else explains them.
        let checks = observation.shortcomings.filter { shortcoming in
            if case .check(let check) = shortcoming.subject { explained.contains(shortcoming.subject) && fault.proof.red.contains(check) } else { false }
        }
        return (checks + evidence).map(Grade.Reason.init)
    }
}
