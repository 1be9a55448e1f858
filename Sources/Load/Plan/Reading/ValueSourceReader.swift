import Base

/// Reads where a variable's value comes from.
struct ValueSourceReader {
    let names: JourneyNames

    private var diagnostics: Diagnostics { names.diagnostics }

    static let kinds = ["oneOf", "integer", "uuid"] + ValueSource.Alphabet.allCases.map(\.rawValue)
    /// Characters of a random text.
    static let lengths = 1...1_000

    func read(_ node: JSONNode, pointer: String) -> ValueSource? {
        switch node.content {
        case .string: return names.text(node, pointer: pointer).map { .text($0) }
        case .int, .double, .bool: return .text(SlotText(node.value.text))
        default: break
        }
        let members = diagnostics.members(of: node, pointer: pointer, known: Self.kinds)
        guard node.members != nil else { return nil }
        guard members.count == 1, let member = members.first, Self.kinds.contains(member.name) else {
            if members.count != 1 { diagnostics.report("a value comes from one of: \(Self.kinds.joined(separator: ", "))", at: node.location, pointer: pointer) }
            return nil
        }
        return read(member, in: node, pointer: pointer)
    }

    private func read(_ member: JSONNode.Member, in node: JSONNode, pointer: String) -> ValueSource? {
        let place = pointer + "/" + member.name
        switch member.name {
        case "oneOf": return names.items(member.value, pointer: place).map { .oneOf($0) }
        case "integer": return integer(member.value, pointer: place)
        case "uuid":
            guard diagnostics.boolean("uuid", in: node, pointer: pointer) != nil else { return nil }
            return .uuid
        default:
            guard let count = diagnostics.integer(member.name, in: node, pointer: pointer, range: Self.lengths) else { return nil }
            return ValueSource.Alphabet(rawValue: member.name).map { .characters($0, count: count) }
        }
    }

    private func integer(_ node: JSONNode, pointer: String) -> ValueSource? {
        guard let (low, high) = IntegerBounds.read(node) else {
            diagnostics.report("expected a list of the least and the most", at: node.location, pointer: pointer)
            return nil
        }
        return .integer(low...high)
    }
}
