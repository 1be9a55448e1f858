import Base

/// Reads what `when` asks.
struct ConditionReader {
    let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    static let keys = ["status", "variable", "is", "contains", "not", "any"]

    func read(_ node: JSONNode, pointer: String) -> Condition? {
        let members = diagnostics.members(of: node, pointer: pointer, known: Self.keys)
        guard node.members != nil else { return nil }
        var parts: [Condition] = []
        for member in members {
            let place = pointer + "/" + member.name.pointerToken
            switch member.name {
            case "status": if let set = Self.statuses(member.value, pointer: place, diagnostics) { parts.append(.status(set)) }
            case "variable": if let condition = variable(member.value, node, pointer: pointer) { parts.append(condition) }
            case "not": if let inner = read(member.value, pointer: place) { parts.append(.not(inner)) }
            case "any":
                guard let elements = member.value.array else { diagnostics.reportKind(of: member.value, expected: "a list of conditions", place); continue }
                parts.append(.any(elements.enumerated().compactMap { read($1, pointer: "\(place)/\($0)") }))
            case "is", "contains":
                if node["variable"] == nil { diagnostics.report("\"\(member.name)\" asks about a \"variable\"", at: member.nameLocation, pointer: place) }
            default: break
            }
        }
        if members.isEmpty { diagnostics.report("a condition asks about a \"status\" or a \"variable\"", at: node.location, pointer: pointer) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func variable(_ value: JSONNode, _ node: JSONNode, pointer: String) -> Condition? {
        guard let name = value.string else { return diagnostics.wrong(value, "the name of a variable", pointer + "/variable") }
        guard let slot = names.slot(name, at: value, pointer: pointer + "/variable") else { return nil }
        if node["is"] != nil { return names.text("is", in: node, pointer: pointer).map { .equals(slot, $0) } }
        if node["contains"] != nil { return names.text("contains", in: node, pointer: pointer).map { .contains(slot, $0) } }
        return .isSet(slot)
    }

    /// `200`, `"2xx"`, `"200-399"`, or a list of these.
    static func statuses(_ node: JSONNode, pointer: String, _ diagnostics: Diagnostics) -> StatusSet? {
        var set = StatusSet(ranges: [])
        let elements = node.array ?? [node]
        for (index, element) in elements.enumerated() {
            let place = node.array == nil ? pointer : "\(pointer)/\(index)"
            let text: String? = if case .int(let code) = element.content { String(code) } else { element.string }
            guard let text, let part = StatusSet(text) else {
                diagnostics.report("a status is a code such as 200, or \"2xx\", or \"200-399\"", at: element.location, pointer: place)
                return nil
            }
            set.formUnion(part)
        }
        return elements.isEmpty ? diagnostics.wrong(node, "a status", pointer) : set
    }
}
