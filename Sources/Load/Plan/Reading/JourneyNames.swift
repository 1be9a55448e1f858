import Base

/// The names that a journey declares, and the reading of texts that use them.
final class JourneyNames {
    let diagnostics: Diagnostics
    private(set) var slots: [String] = []
    var lists: [String: [Value]] = [:]
    var sequences: [String] = []
    let services: [String]?

    /// Set for every visitor: his number, counted from 1.
    static let userNumber = "user"

    init(reporting diagnostics: Diagnostics, services: [String]?) {
        self.diagnostics = diagnostics
        self.services = services
    }

    // MARK: Declaring

    /// Finds everything that sets a variable anywhere in the journey: visitors use what earlier steps have set.
    func declareAll(in node: JSONNode) {
        declare(Self.userNumber)
        collect(node)
    }

    private func collect(_ node: JSONNode) {
        for element in node.array ?? [] { collect(element) }
        for member in node.members ?? [] {
            switch member.name {
            case "set", "take", "variables": for variable in member.value.members ?? [] { declare(variable.name) }
            case "each": if let name = member.value.string.flatMap(Self.loop)?.variable { declare(name) }
            case "json", "form", "headers", "query", "lists": break
            default: collect(member.value)
            }
        }
    }

    private func declare(_ name: String) {
        if !slots.contains(name) { slots.append(name) }
    }

    /// The parts of `image in images`.
    static func loop(_ text: String) -> (variable: String, items: String)? {
        let words = text.split(separator: " ").map(String.init)
        return words.count == 3 && words[1] == "in" ? (words[0], words[2]) : nil
    }

    static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    // MARK: Using

    /// Place of a variable that is set somewhere; nil after reporting that it is not.
    func slot(_ name: String, at node: JSONNode, pointer: String) -> Int? {
        if let place = slots.firstIndex(of: name) { return place }
        diagnostics.report(unknownVariable(name), at: node.location, pointer: pointer)
        return nil
    }

    private func unknownVariable(_ name: String) -> String { "no variable is named \"\(name)\"" + suggestion(for: name, among: slots) }

    /// Place of a variable that this member sets.
    func declaredSlot(_ member: JSONNode.Member, pointer: String) -> Int? {
        guard Self.isVariableName(member.name) else {
            diagnostics.report(
                "a variable's name is made of letters, digits and _, not \"\(member.name)\"", at: member.nameLocation, pointer: pointer)
            return nil
        }
        return slots.firstIndex(of: member.name)
    }

    /// The service that this object names; nil when it names none, or one that does not exist.
    func service(in node: JSONNode, pointer: String) -> String? {
        guard let name = diagnostics.string("service", in: node, pointer: pointer) else { return nil }
        if let services, !services.contains(name) {
            diagnostics.report(
                "no service is named \"\(name)\"" + suggestion(for: name, among: services), at: node["service"]!.location, pointer: pointer + "/service")
            return nil
        }
        return name
    }

    func text(_ node: JSONNode, pointer: String) -> SlotText? {
        guard let text = node.string else { return diagnostics.wrong(node, "text", pointer) }
        do throws(SlotTextError) {
            return try SlotText(parsing: text) { (name, _) throws(SlotTextError) in
                guard let place = slots.firstIndex(of: name) else { throw SlotTextError(unknownVariable(name)) }
                return place
            }
        } catch {
            diagnostics.report(error.message, at: node.location, pointer: pointer)
            return nil
        }
    }

    func text(_ name: String, in node: JSONNode, pointer: String) -> SlotText? {
        node[name].flatMap { text($0, pointer: pointer + "/" + name) }
    }

    /// Texts with variables by name, in order.
    func texts(_ name: String, in node: JSONNode, pointer: String) -> [(name: String, value: SlotText)] {
        guard let value = node[name] else { return [] }
        let pointer = pointer + "/" + name
        return diagnostics.members(of: value, pointer: pointer).compactMap { member in
            text(member.value, pointer: pointer + "/" + member.name.pointerToken).map { (member.name, $0) }
        }
    }

    func json(_ node: JSONNode, pointer: String) -> JSONTemplate {
        switch node.content {
        case .string: return text(node, pointer: pointer).map { text in text.constant.map { .constant(.string($0)) } ?? .text(text) } ?? .constant(.null)
        case .array(let elements):
            let parts = elements.enumerated().map { json($1, pointer: "\(pointer)/\($0)") }
            return parts.allSatisfy(\.isConstant) ? .constant(.list(parts.compactMap(\.constant))) : .list(parts)
        case .object(let members):
            let parts = members.map { (name: $0.name, value: json($0.value, pointer: pointer + "/" + $0.name.pointerToken)) }
            guard parts.allSatisfy(\.value.isConstant) else { return .object(parts) }
            return .constant(.record(Record(parts.map { ($0.name, $0.value.constant!) })))
        default: return .constant(node.value)
        }
    }

    /// A list of the journey, a variable that holds a list, or a list on the spot.
    func items(_ node: JSONNode, pointer: String) -> ValueSource.Items? {
        if let elements = node.array {
            if elements.isEmpty { diagnostics.report("an empty list has nothing to choose", at: node.location, pointer: pointer) }
            return .words(elements.map(\.value))
        }
        guard let name = node.string else { return diagnostics.wrong(node, "the name of a list, or a list", pointer) }
        return items(named: name, at: node, pointer: pointer)
    }

    func items(named name: String, at node: JSONNode, pointer: String) -> ValueSource.Items? {
        if let words = lists[name] { return .words(words) }
        if let place = slots.firstIndex(of: name) { return .slot(place) }
        let known = Array(lists.keys) + slots
        diagnostics.report("no list or variable is named \"\(name)\"" + suggestion(for: name, among: known), at: node.location, pointer: pointer)
        return nil
    }
}

extension JSONTemplate {
    fileprivate var constant: Value? { if case .constant(let value) = self { value } else { nil } }
}
