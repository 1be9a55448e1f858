import Base

/// Reads what a visitor takes out of an answer.
struct TakeReader {
    let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    static let sources = ["json", "regex", "between", "header", "cookie", "hiddenFields"]
    static let keys = sources + ["pick", "optional"]

    func read(_ node: JSONNode, pointer: String) -> [Take] {
        diagnostics.members(of: node, pointer: pointer).compactMap { member in
            let pointer = pointer + "/" + member.name.pointerToken
            guard let slot = names.declaredSlot(member, pointer: pointer) else { return nil }
            return take(member, slot: slot, pointer: pointer)
        }
    }

    private func take(_ member: JSONNode.Member, slot: Int, pointer: String) -> Take? {
        let node = member.value
        _ = diagnostics.members(of: node, pointer: pointer, known: Self.keys)
        guard node.members != nil else { return nil }
        let given = Self.sources.filter { node[$0] != nil }
        guard given.count == 1 else {
            diagnostics.report("a value is taken from one of: \(Self.sources.joined(separator: ", "))", at: node.location, pointer: pointer)
            return nil
        }
        let pick = diagnostics.choice("pick", in: node, pointer: pointer, among: Take.Pick.allCases.map(\.rawValue)).flatMap(Take.Pick.init)
        let isOptional = diagnostics.boolean("optional", in: node, pointer: pointer) ?? false
        guard let source = source(given[0], node[given[0]]!, pointer: pointer + "/" + given[0]) else { return nil }
        return Take(slot: slot, name: member.name, source: source, pick: pick ?? .first, isOptional: isOptional)
    }

    private func source(_ kind: String, _ node: JSONNode, pointer: String) -> Take.Source? {
        if kind == "between" {
            guard let ends = node.array?.compactMap(\.string), ends.count == 2, !ends[0].isEmpty, !ends[1].isEmpty else {
                diagnostics.report("expected a list of two texts, the one before and the one after", at: node.location, pointer: pointer)
                return nil
            }
            return .between(ends[0], ends[1])
        }
        guard let text = node.string else { return diagnostics.wrong(node, "text", pointer) }
        switch kind {
        case "header": return .header(text)
        case "cookie": return .cookie(text)
        case "hiddenFields": return .hiddenFields(form: text)
        case "json":
            do throws(JSONPathError) { return .json(try JSONPath(text)) } catch {
                diagnostics.report("not a JSON path: \(error.reason) (column \(error.column))", at: node.location, pointer: pointer)
            }
        default:
            do throws(PatternError) { return .regex(try Pattern(text)) } catch {
                diagnostics.report("not a regular expression: \(error.reason)", at: node.location, pointer: pointer)
            }
        }
        return nil
    }
}
