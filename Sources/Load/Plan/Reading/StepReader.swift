import Base

/// Reads the steps of tasks and sequences.
struct StepReader {
    let journey: Journey
    let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    /// What a step does, by the name that only it has, with the names that may stand beside it.
    static let kinds: [(name: String, others: [String])] = [
        ("request", RequestStepReader.keys), ("waitMilliseconds", []), ("set", []), ("choose", []), ("repeat", ["steps"]),
        ("each", ["shared", "steps"]), ("when", ["then", "else"]), ("perform", []), ("end", []),
    ]
    static let branchKeys = ["weight", "steps"]

    func list(_ node: JSONNode, pointer: String) -> [Step] {
        guard let elements = node.array else { return diagnostics.wrong(node, "a list of steps", pointer) ?? [] }
        return elements.enumerated().compactMap { step($1, pointer: "\(pointer)/\($0)") }
    }

    private func step(_ node: JSONNode, pointer: String) -> Step? {
        guard let members = node.members else { return diagnostics.wrong(node, "a step", pointer) }
        let kinds = Self.kinds.filter { kind in members.contains { $0.name == kind.name } }
        guard let kind = kinds.first else {
            let known = Self.kinds.map(\.name)
            let near = members.compactMap { member in nearestName(to: member.name, among: known) }.first
            let hint = near.map { "; did you mean \"\($0)\"?" } ?? suggestion(for: "", among: known)
            diagnostics.report("this step does nothing that is known" + hint, at: node.location, pointer: pointer)
            return nil
        }
        if kinds.count > 1 {
            let two = kinds.prefix(2).map { "\"\($0.name)\"" }.joined(separator: " and ")
            diagnostics.report("a step does one thing; this one has \(two)", at: node.location, pointer: pointer)
            return nil
        }
        _ = diagnostics.members(of: node, pointer: pointer, known: [kind.name] + kind.others)
        return step(kind.name, node, pointer)
    }

    private func step(_ kind: String, _ node: JSONNode, _ pointer: String) -> Step? {
        let place = pointer + "/" + kind
        let value = node[kind]!
        switch kind {
        case "request":
            return RequestStepReader(journey: journey, names: names).read(node, pointer: pointer).map { .request($0) }
        case "waitMilliseconds": return wait(kind, in: node, pointer: pointer).map { .wait($0) }
        case "set": return .set(variables(value, pointer: place))
        case "choose": return choose(value, pointer: place)
        case "repeat": return range(value, pointer: place).map { .repeated($0, steps(in: node, pointer: pointer)) }
        case "each": return each(value, node, pointer: pointer)
        case "when":
            guard let condition = ConditionReader(names: names).read(value, pointer: place) else { return nil }
            let then = diagnostics.value("then", in: node, pointer: pointer, required: true).map { list($0, pointer: pointer + "/then") }
            return .when(condition, then: then ?? [], otherwise: node["else"].map { list($0, pointer: pointer + "/else") } ?? [])
        case "perform": return perform(value, pointer: place)
        default:
            return diagnostics.choice(kind, in: node, pointer: pointer, among: Step.End.allCases.map(\.rawValue)).flatMap(Step.End.init).map { .end($0) }
        }
    }

    private func steps(in node: JSONNode, pointer: String) -> [Step] {
        diagnostics.value("steps", in: node, pointer: pointer, required: true).map { list($0, pointer: pointer + "/steps") } ?? []
    }

    private func choose(_ node: JSONNode, pointer: String) -> Step? {
        guard let elements = node.array else { return diagnostics.wrong(node, "a list of branches", pointer) }
        guard !elements.isEmpty else {
            diagnostics.report("there are no branches to choose from", at: node.location, pointer: pointer)
            return nil
        }
        return .choose(
            elements.enumerated().map { index, element in
                let pointer = "\(pointer)/\(index)"
                _ = diagnostics.members(of: element, pointer: pointer, known: Self.branchKeys)
                let weight = diagnostics.integer("weight", in: element, pointer: pointer, range: JourneyReader.weights) ?? 1
                return Step.Branch(weight: weight, steps: steps(in: element, pointer: pointer))
            })
    }

    private func each(_ value: JSONNode, _ node: JSONNode, pointer: String) -> Step? {
        let place = pointer + "/each"
        guard let text = value.string else { return diagnostics.wrong(value, "text", place) }
        guard let (variable, items) = JourneyNames.loop(text) else {
            diagnostics.report("\"\(text)\" is not \"VARIABLE in LIST\"", at: value.location, pointer: place)
            return nil
        }
        var shared: Int?
        if diagnostics.boolean("shared", in: node, pointer: pointer) == true {
            shared = journey.sharedCount
            journey.sharedCount += 1
        }
        let steps = steps(in: node, pointer: pointer)
        guard let slot = names.slot(variable, at: value, pointer: place), let items = names.items(named: items, at: value, pointer: place) else { return nil }
        return .each(slot: slot, items, shared: shared, steps)
    }

    private func perform(_ node: JSONNode, pointer: String) -> Step? {
        guard let name = node.string else { return diagnostics.wrong(node, "the name of a sequence", pointer) }
        if let index = names.sequences.firstIndex(of: name) { return .perform(index) }
        diagnostics.report("no sequence is named \"\(name)\"" + suggestion(for: name, among: names.sequences), at: node.location, pointer: pointer)
        return nil
    }

    // MARK: Values

    /// A number of milliseconds, or the least and the most of a random one.
    func wait(_ name: String, in node: JSONNode, pointer: String) -> Wait? {
        guard let value = node[name] else { return nil }
        guard let (low, high) = IntegerBounds.read(value), low >= 0, high <= JourneyReader.longestWait else {
            diagnostics.report(
                "a wait is a whole number of milliseconds up to \(JourneyReader.longestWait), or a list of the least and the most", at: value.location,
                pointer: pointer + "/" + name)
            return nil
        }
        return Wait(nanoseconds: Int64(low) * 1_000_000...Int64(high) * 1_000_000)
    }

    /// A number, or a list of the least and the most.
    private func range(_ node: JSONNode, pointer: String) -> ClosedRange<Int>? {
        guard let (low, high) = IntegerBounds.read(node), low >= 0, high <= 1_000_000 else {
            diagnostics.report("a repetition is a whole number up to 1000000, or a list of the least and the most", at: node.location, pointer: pointer)
            return nil
        }
        return low...high
    }

    func variables(_ node: JSONNode, pointer: String) -> [(slot: Int, source: ValueSource)] {
        diagnostics.members(of: node, pointer: pointer).compactMap { member in
            let pointer = pointer + "/" + member.name.pointerToken
            guard let slot = names.declaredSlot(member, pointer: pointer) else { return nil }
            return ValueSourceReader(names: names).read(member.value, pointer: pointer).map { (slot, $0) }
        }
    }
}
