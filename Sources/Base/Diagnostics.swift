/// Collects mistakes while a document is read, and reads values with the checks that every document needs.
public final class Diagnostics {
    public private(set) var problems: [Problem] = []

    public init() {}

    public func report(_ message: String, at location: SourceLocation, pointer: String = "") {
        problems.append(Problem(message, at: location, pointer: pointer))
    }

    public func report(_ problem: Problem) { problems.append(problem) }

    /// Takes over what was found under special circumstances, for example with a fault on, and says so.
    public func report(_ others: Diagnostics, saying circumstances: String) {
        for problem in others.problems { report(circumstances + problem.message, at: problem.location, pointer: problem.pointer) }
    }

    /// Throws everything found so far, in the order of files and lines; what was found twice (a procedure used twice) once.
    public func check() throws(Problems) {
        guard !problems.isEmpty else { return }
        var seen: Set<Problem> = []
        let list = problems.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            let (a, b) = (left.element.location, right.element.location)
            return (a.file, a.line, a.column, left.offset) < (b.file, b.line, b.column, right.offset)
        }
        throw Problems(list.map(\.element))
    }

    /// The members of an object whose names must be among those known.
    public func members(of node: JSONNode, pointer: String, known: [String]? = nil) -> [JSONNode.Member] {
        guard let members = node.members else {
            report("expected an object, found \(node.kindName)", at: node.location, pointer: pointer)
            return []
        }
        if let known {
            for member in members where !known.contains(member.name) {
                report(
                    "unknown name \"\(member.name)\"" + suggestion(for: member.name, among: known), at: member.nameLocation,
                    pointer: pointer + "/" + member.name.pointerToken)
            }
        }
        return members
    }

    public func string(_ name: String, in node: JSONNode, pointer: String, required: Bool = false) -> String? {
        guard let value = value(name, in: node, pointer: pointer, required: required) else { return nil }
        guard let text = value.string else { return wrong(value, "text", pointer + "/" + name) }
        return text
    }

    /// Reports a name that cannot be part of file names, schema names and addresses.
    public func checkName(_ name: String, at location: SourceLocation, pointer: String) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        if name.isEmpty || !isPlain { report("a name is made of letters, digits, - and _, not \"\(name)\"", at: location, pointer: pointer) }
    }

    public func strings(_ name: String, in node: JSONNode, pointer: String, required: Bool = false) -> [String] {
        guard let value = value(name, in: node, pointer: pointer, required: required) else { return [] }
        guard let elements = value.array else { return wrong(value, "a list of texts", pointer + "/" + name) ?? [] }
        return elements.enumerated().compactMap { index, element in
            element.string ?? wrong(element, "text", pointer + "/\(name)/\(index)")
        }
    }

    public func integer(_ name: String, in node: JSONNode, pointer: String, range: ClosedRange<Int>, required: Bool = false) -> Int? {
        guard let value = value(name, in: node, pointer: pointer, required: required) else { return nil }
        guard case .int(let number) = value.content else { return wrong(value, "a whole number", pointer + "/" + name) }
        guard range.contains(number) else {
            report("\(number) is out of range; allowed are \(range.lowerBound) to \(range.upperBound)", at: value.location, pointer: pointer + "/" + name)
            return nil
        }
        return number
    }

    public func boolean(_ name: String, in node: JSONNode, pointer: String) -> Bool? {
        guard let value = node[name] else { return nil }
        guard case .bool(let flag) = value.content else { return wrong(value, "true or false", pointer + "/" + name) }
        return flag
    }

    public func choice(_ name: String, in node: JSONNode, pointer: String, among choices: [String]) -> String? {
        guard let text = string(name, in: node, pointer: pointer) else { return nil }
        guard choices.contains(text) else {
            report("no choice is named \"\(text)\"" + suggestion(for: text, among: choices), at: node[name]!.location, pointer: pointer + "/" + name)
            return nil
        }
        return text
    }

    public func value(_ name: String, in node: JSONNode, pointer: String, required: Bool) -> JSONNode? {
        if let value = node[name] { return value }
        if required, node.members != nil { report("\"\(name)\" is missing", at: node.location, pointer: pointer) }
        return nil
    }

    public func wrong<T>(_ node: JSONNode, _ expected: String, _ pointer: String) -> T? {
        report("expected \(expected), found \(node.kindName)", at: node.location, pointer: pointer)
        return nil
    }
}
