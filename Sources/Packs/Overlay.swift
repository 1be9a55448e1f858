import Base

/// Merging of a patch into a service's wiring: a merge patch (RFC 7396) in which the steps of a list are merged by name.
///
/// - A key such as `GET /ads` may stand directly in the patch of a service; it means the route.
/// - An object laid over a list of steps changes the steps that it names; null removes one.
/// - A name that the list does not have adds a step, placed by `before` or `after` (the name of another step).
public enum Overlay {
    public static func isRoute(_ name: String) -> Bool {
        guard let space = name.firstIndex(of: " "), name[name.index(after: space)...].hasPrefix("/") else { return false }
        return name[..<space].allSatisfy { $0.isUppercase || $0 == "|" }
    }

    /// Applies the patch of one service.
    public static func apply(_ patch: JSONNode, to service: JSONNode, reporting diagnostics: Diagnostics, pointer: String = "") -> JSONNode {
        guard let changes = patch.members else { return service }
        var direct: [JSONNode.Member] = []
        var routes: [JSONNode.Member] = []
        for change in changes {
            if isRoute(change.name) { routes.append(change) } else { direct.append(change) }
        }
        let result = merge(JSONNode(.object(direct), at: patch.location), into: service, diagnostics, pointer)
        guard !routes.isEmpty else { return result }
        let base = result["routes"] ?? JSONNode(.object([]), at: patch.location)
        let merged = JSONNode.Member(
            name: "routes", nameLocation: patch.location, value: merge(JSONNode(.object(routes), at: patch.location), into: base, diagnostics, pointer))
        var members = result.members ?? []
        if let index = members.firstIndex(where: { $0.name == "routes" }) { members[index].value = merged.value } else { members.append(merged) }
        return JSONNode(.object(members), at: result.location)
    }

    private static func merge(_ patch: JSONNode, into base: JSONNode, _ diagnostics: Diagnostics, _ pointer: String) -> JSONNode {
        guard let changes = patch.members else { return patch }
        if let steps = base.array, areSteps(steps, changedBy: changes) { return mergeSteps(changes, into: steps, at: base.location, diagnostics, pointer) }
        guard var members = base.members else { return patch.merging(patch) }
        for change in changes {
            let index = members.firstIndex { $0.name == change.name }
            if change.value.isNull {
                if let index { members.remove(at: index) }
            } else if let index {
                members[index].value = merge(change.value, into: members[index].value, diagnostics, pointer + "/" + change.name.pointerToken)
            } else {
                // A new object must not carry the nulls of a patch.
                let added = change.value.members == nil ? change.value : JSONNode(.object([]), at: change.value.location).merging(change.value)
                members.append(JSONNode.Member(name: change.name, nameLocation: change.nameLocation, value: added))
            }
        }
        return JSONNode(.object(members), at: base.location)
    }

    /// An empty list is one of steps when the patch brings it some.
    private static func areSteps(_ elements: [JSONNode], changedBy changes: [JSONNode.Member]) -> Bool {
        guard elements.isEmpty else { return elements.allSatisfy { $0["do"] != nil } }
        return !changes.isEmpty && changes.allSatisfy { $0.value["do"] != nil }
    }

    private static func mergeSteps(
        _ changes: [JSONNode.Member], into base: [JSONNode], at location: SourceLocation, _ diagnostics: Diagnostics, _ pointer: String
    ) -> JSONNode {
        var steps = base
        for change in changes {
            let place = pointer + "/" + change.name.pointerToken
            if let index = steps.firstIndex(where: { $0["step"]?.string == change.name }) {
                if change.value.isNull { steps.remove(at: index); continue }
                var merged = merge(change.value, into: steps[index], diagnostics, place)
                if merged["before"] != nil || merged["after"] != nil {
                    steps.remove(at: index)
                    insert(&merged, named: change, into: &steps, diagnostics, place)
                } else {
                    steps[index] = merged
                }
            } else if change.value.isNull {
                diagnostics.report(
                    "there is no step \"\(change.name)\" to remove" + suggestion(for: change.name, among: steps.compactMap { $0["step"]?.string }),
                    at: change.nameLocation, pointer: place)
            } else {
                var added = change.value
                insert(&added, named: change, into: &steps, diagnostics, place)
            }
        }
        return JSONNode(.array(steps), at: location)
    }

    private static func insert(
        _ step: inout JSONNode, named change: JSONNode.Member, into steps: inout [JSONNode], _ diagnostics: Diagnostics, _ pointer: String
    ) {
        let names = steps.compactMap { $0["step"]?.string }
        guard let members = step.members, step["do"] != nil else {
            diagnostics.report(
                "there is no step \"\(change.name)\" to change, and a new one needs \"do\"" + suggestion(for: change.name, among: names),
                at: change.nameLocation, pointer: pointer)
            return
        }
        let name = JSONNode.Member(name: "step", nameLocation: change.nameLocation, value: JSONNode(.string(change.name), at: change.nameLocation))
        let rest = members.filter { !["step", "before", "after"].contains($0.name) }
        let placed = JSONNode(.object([name] + rest), at: step.location)
        for (key, offset) in [("before", 0), ("after", 1)] {
            guard let neighbour = step[key] else { continue }
            guard let target = neighbour.string, let index = steps.firstIndex(where: { $0["step"]?.string == target }) else {
                let target = neighbour.string ?? ""
                diagnostics.report("there is no step \"\(target)\"" + suggestion(for: target, among: names), at: neighbour.location, pointer: pointer + "/" + key)
                return
            }
            steps.insert(placed, at: index + offset)
            return
        }
        if steps.isEmpty { return steps.append(placed) }
        diagnostics.report("a new step needs \"before\" or \"after\" with the name of another step", at: change.nameLocation, pointer: pointer)
    }

    /// The keys that a patch changes, as JSON pointers into the service: two faults that share one cannot be on together.
    public static func touchedPointers(_ patch: JSONNode) -> Set<String> {
        var pointers: Set<String> = []
        func visit(_ node: JSONNode, _ pointer: String) {
            // A new step is one change, whatever is in it.
            guard let members = node.members, node["do"] == nil else { pointers.insert(pointer); return }
            for member in members { visit(member.value, pointer + "/" + member.name.pointerToken) }
        }
        for member in patch.members ?? [] { visit(member.value, (isRoute(member.name) ? "/routes/" : "/") + member.name.pointerToken) }
        return pointers
    }

    /// The first key that both sets change, one of them perhaps together with what is around it; nil when they can be on together.
    public static func conflict(between first: Set<String>, and second: Set<String>) -> String? {
        for pointer in first.sorted() {
            if second.contains(pointer) { return pointer }
            if let within = second.sorted().first(where: { $0.hasPrefix(pointer + "/") }) { return within }
            if second.contains(where: { pointer.hasPrefix($0 + "/") }) { return pointer }
        }
        return nil
    }
}
