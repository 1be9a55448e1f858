import Base

/// Reads the members of one JSON object; every mistake is noted and reading goes on.
struct ObjectReader {
    let node: JSONNode
    let pointer: String
    let mistakes: MistakeList

    /// How strictly unknown names are taken.
    enum UnknownNames {
        /// Each is a mistake: an ignored one would change the verdict.
        case refused
        /// Only those near a known name: exports of tests carry more than what is documented.
        case refusedWhenNear
        /// Another reader of the same object has judged them.
        case ignored
    }

    /// Nil, with the mistake noted, when the node is no object.
    init?(_ node: JSONNode, at pointer: String, what: String, names: [String], unknown: UnknownNames = .refused, mistakes: MistakeList) {
        self.node = node
        self.pointer = pointer
        self.mistakes = mistakes
        guard let members = node.members else {
            mistakes.add("\(what) must be an object, not \(node.kindName)", at: node.location, pointer: pointer)
            return nil
        }
        for member in members where unknown != .ignored && !names.contains(member.name) {
            if unknown == .refusedWhenNear, nearestName(to: member.name, among: names) == nil { continue }
            mistakes.add(
                "\(what) has no \"\(member.name)\"\(suggestion(for: member.name, among: names))", at: member.nameLocation,
                pointer: pointer + "/" + member.name.pointerToken)
        }
    }

    /// The member, unless it is absent or null.
    subscript(_ name: String) -> JSONNode? { node[name].flatMap { $0.isNull ? nil : $0 } }

    func path(_ name: String) -> String { pointer + "/" + name.pointerToken }

    func note(_ message: String, at name: String) {
        mistakes.add(message, at: node[name]?.location ?? node.location, pointer: node[name] == nil ? pointer : path(name))
    }

    /// Notes that the definition cannot be run here; `reason` goes on after "because".
    func obstacle(_ reason: String) { mistakes.addObstacle(reason) }

    /// Notes that a needed member is absent.
    func missing(_ name: String, _ why: String = "") { note("\"\(name)\" is missing\(why)", at: "") }

    private func mismatch(_ name: String, _ expected: String, _ found: JSONNode) {
        note("\"\(name)\" must be \(expected), not \(found.kindName)", at: name)
    }

    func string(_ name: String) -> String? {
        guard let found = self[name] else { return nil }
        if let text = found.string { return text }
        mismatch(name, "a string", found)
        return nil
    }

    func requiredString(_ name: String) -> String {
        if let text = string(name), !text.isEmpty { return text }
        if self[name] == nil { missing(name) } else if self[name]?.string?.isEmpty == true { note("\"\(name)\" is empty", at: name) }
        return ""
    }

    func bool(_ name: String) -> Bool? {
        guard let found = self[name] else { return nil }
        if case .bool(let flag) = found.content { return flag }
        mismatch(name, "true or false", found)
        return nil
    }

    /// A number between two bounds, both included.
    func number(_ name: String, in range: ClosedRange<Double>, unit: String = "") -> Double? {
        guard let found = self[name] else { return nil }
        guard found.value.isNumeric, let number = found.value.number else { mismatch(name, "a number", found); return nil }
        if range.contains(number) { return number }
        let bounds = "\(Value.double(range.lowerBound).shortText) and \(Value.double(range.upperBound).shortText)"
        note("\"\(name)\" must be between \(bounds)\(unit), not \(found.value.shortText)", at: name)
        return nil
    }

    func wholeNumber(_ name: String, in range: ClosedRange<Int>, unit: String = "") -> Int? {
        guard let number = number(name, in: Double(range.lowerBound)...Double(range.upperBound), unit: unit) else { return nil }
        if let whole = Int(exactly: number) { return whole }
        note("\"\(name)\" must be a whole number", at: name)
        return nil
    }

    /// One of a fixed set of words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) -> Choice? where Choice.RawValue == String {
        guard let text = string(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        note("\"\(name)\" is \"\(text)\"\(suggestion(for: text, among: Choice.allCases.map(\.rawValue)))", at: name)
        return nil
    }

    func list(_ name: String) -> [JSONNode] {
        guard let found = self[name] else { return [] }
        if let elements = found.array { return elements }
        mismatch(name, "a list", found)
        return []
    }

    func strings(_ name: String) -> [String] {
        list(name).enumerated().compactMap { index, element in
            if element.string == nil {
                mistakes.add("must be a string, not \(element.kindName)", at: element.location, pointer: "\(path(name))/\(index)")
            }
            return element.string
        }
    }

    /// A string, or a number as its text.
    func text(_ name: String) -> String? {
        guard let found = self[name] else { return nil }
        return found.value.isNumeric ? found.value.text : string(name)
    }

    /// The members of an object of strings, in the order of the file; numbers are taken as their text.
    func texts(_ name: String) -> [NamedText] {
        guard let found = self[name] else { return [] }
        guard let members = found.members else { mismatch(name, "an object", found); return [] }
        return members.compactMap { member in
            switch member.value.content {
            case .string(let text): return NamedText(member.name, text)
            case .int, .double, .bool: return NamedText(member.name, member.value.value.text)
            default:
                mistakes.add(
                    "must be a string, not \(member.value.kindName)", at: member.value.location,
                    pointer: path(name) + "/" + member.name.pointerToken)
                return nil
            }
        }
    }

    func object(_ name: String, what: String, names: [String], unknown: UnknownNames = .refused) -> ObjectReader? {
        self[name].flatMap { ObjectReader($0, at: path(name), what: what, names: names, unknown: unknown, mistakes: mistakes) }
    }
}

extension Value {
    /// Numbers without a needless `.0`; everything else as `plainText`.
    var shortText: String {
        if case .double(let number) = self, let whole = Int(exactly: number) { return String(whole) }
        return plainText
    }
}
