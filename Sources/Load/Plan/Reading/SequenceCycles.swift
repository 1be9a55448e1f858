import Base

/// Finds sequences that perform themselves, directly or through others: a visitor would never come out of them.
struct SequenceCycles {
    let journey: Journey
    let names: JourneyNames
    let node: JSONNode

    func check() {
        let members = node.members ?? []
        for (index, member) in members.enumerated() where index < journey.sequences.count && reaches(index, from: index, seen: []) {
            names.diagnostics.report(
                "the sequence \"\(member.name)\" performs itself", at: member.nameLocation, pointer: "/sequences/" + member.name.pointerToken)
        }
    }

    private func reaches(_ wanted: Int, from start: Int, seen: Set<Int>) -> Bool {
        for next in Self.performed(by: journey.sequences[start]) {
            if next == wanted { return true }
            if !seen.contains(next), reaches(wanted, from: next, seen: seen.union([start, next])) { return true }
        }
        return false
    }

    private static func performed(by steps: [Step]) -> [Int] {
        steps.flatMap { step -> [Int] in
            switch step {
            case .perform(let index): [index]
            case .choose(let branches): branches.flatMap { performed(by: $0.steps) }
            case .repeated(_, let steps), .each(_, _, _, let steps): performed(by: steps)
            case .when(_, let then, let otherwise): performed(by: then) + performed(by: otherwise)
            case .request, .wait, .set, .end: []
            }
        }
    }
}
