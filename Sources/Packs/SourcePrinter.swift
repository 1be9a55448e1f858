import Base

/// Prints a wiring as the source that a learner reads: the same data always gives the same lines.
///
/// The document, its routes and lists of steps are opened up; whatever fits on one line stays on one.
public struct SourcePrinter {
    public struct Source: Sendable {
        public var text: String
        /// First line of each object and list, by JSON pointer; lines start at 1.
        public var lines: [String: Int]
    }

    private static let width = 140
    private static let openedNames: Set<String> = ["routes", "procedures", "errors", "telemetry", "logs", "background"]

    private var out: [UInt8] = []
    /// For measuring what is not printed yet.
    private var scratch: [UInt8] = []
    private var line = 1
    private var lines: [String: Int] = [:]

    public static func print(_ node: JSONNode) -> Source {
        var printer = SourcePrinter()
        printer.write(node, pointer: "", indent: 0, isOpened: true, used: 0)
        printer.newline(indent: 0)
        return Source(text: String(decoding: printer.out, as: UTF8.self), lines: printer.lines)
    }

    private mutating func newline(indent: Int) {
        out.append(UInt8(ascii: "\n"))
        for _ in 0..<indent { out.append("  ") }
        line += 1
    }

    private mutating func write(_ node: JSONNode, pointer: String, indent: Int, isOpened: Bool, used: Int) {
        if node.isContainer { lines[pointer] = line }
        var room = Self.width - used - indent * 2
        let isOpen = isOpened || !fits(node, &room)
        switch node.content {
        case .object(let members) where isOpen && !members.isEmpty:
            out.append("{")
            for (index, member) in members.enumerated() {
                newline(indent: indent + 1)
                let start = out.count
                writeName(member.name)
                let length = out.count - start
                let opens = pointer.isEmpty && Self.openedNames.contains(member.name) || Self.isStepList(member.value)
                write(member.value, pointer: pointer + "/" + member.name.pointerToken, indent: indent + 1, isOpened: opens, used: length + 1)
                if index < members.count - 1 { out.append(",") }
            }
            newline(indent: indent)
            out.append("}")
        case .array(let elements) where isOpen && !elements.isEmpty:
            out.append("[")
            for (index, element) in elements.enumerated() {
                newline(indent: indent + 1)
                write(element, pointer: pointer + "/\(index)", indent: indent + 1, isOpened: false, used: 1)
                if index < elements.count - 1 { out.append(",") }
            }
            newline(indent: indent)
            out.append("]")
        default:
            writeFlat(node)
            markFlat(node, pointer: pointer)
        }
    }

    private mutating func markFlat(_ node: JSONNode, pointer: String) {
        guard node.isContainer else { return }
        lines[pointer] = line
        for member in node.members ?? [] where member.value.isContainer { markFlat(member.value, pointer: pointer + "/" + member.name.pointerToken) }
        for (index, element) in (node.array ?? []).enumerated() where element.isContainer { markFlat(element, pointer: pointer + "/\(index)") }
    }

    private static func isStepList(_ node: JSONNode) -> Bool {
        guard let steps = node.array, !steps.isEmpty else { return false }
        return steps.allSatisfy { $0["do"] != nil }
    }

    private mutating func writeName(_ name: String) {
        JSONStyle.compact.writeString(name, into: &out)
        out.append(": ")
    }

    /// Bytes of a text in quotes.
    private mutating func quotedLength(_ text: String) -> Int {
        scratch.removeAll(keepingCapacity: true)
        JSONStyle.compact.writeString(text, into: &scratch)
        return scratch.count
    }

    /// Whether a value fits on one line with so many bytes left; stops looking when it does not.
    private mutating func fits(_ node: JSONNode, _ room: inout Int) -> Bool {
        switch node.content {
        case .object(let members):
            room -= members.isEmpty ? 2 : 4 + 2 * (members.count - 1)
            for member in members {
                room -= member.name.utf8.count + 4
                if room < 0 || !fits(member.value, &room) { return false }
            }
        case .array(let elements):
            room -= elements.isEmpty ? 2 : 2 + 2 * (elements.count - 1)
            for element in elements where room < 0 || !fits(element, &room) { return false }
        case .string(let text): room -= text.utf8.count < room ? quotedLength(text) : text.utf8.count + 2
        default: room -= node.value.json().utf8.count
        }
        return room >= 0
    }

    private mutating func writeFlat(_ node: JSONNode) {
        switch node.content {
        case .object(let members):
            out.append(members.isEmpty ? "{" : "{ ")
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(", ") }
                writeName(member.name)
                writeFlat(member.value)
            }
            out.append(members.isEmpty ? "}" : " }")
        case .array(let elements):
            out.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(", ") }
                writeFlat(element)
            }
            out.append("]")
        case .string(let text): JSONStyle.compact.writeString(text, into: &out)
        default: out.append(node.value.json())
        }
    }
}

extension JSONNode {
    fileprivate var isContainer: Bool {
        switch content {
        case .object, .array: true
        default: false
        }
    }
}
