import Base
import CYAML

/// Reads YAML 1.1 (libyaml) into the same tree as JSON files, with positions.
///
/// Plain scalars become null, true or false, numbers or text; quoted ones are text. Anchors and aliases work; tags and merge keys do not.
public enum YAMLReader {
    /// The documents of a stream, in order; empty documents are left out.
    ///
    /// - Throws: `Problem` at the first place that is not YAML, or that is nested or repeated beyond all measure.
    public static func documents(_ text: some Sequence<UInt8>, file: String) throws(Problem) -> [JSONNode] {
        var composer = YAMLComposer(Array(text), file: file)
        return try composer.documents()
    }
}

/// Turns the events of libyaml's parser into nodes.
struct YAMLComposer {
    private let events: YAMLEvents
    private let file: String
    private var anchors: [String: JSONNode] = [:]
    private var nodeCount = 0

    private static let depthLimit = 100
    /// An alias counts as often as what it stands for, so that a few lines cannot unfold to gigabytes.
    private static let nodeLimit = 100_000

    init(_ bytes: [UInt8], file: String) {
        events = YAMLEvents(bytes, file: file)
        self.file = file
    }

    mutating func documents() throws(Problem) -> [JSONNode] {
        var documents: [JSONNode] = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .documentStart:
                anchors = [:]
                let node = try node(try events.next(), depth: 0)
                if !node.isNull { documents.append(node) }
            case .streamEnd: return documents
            default: continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(Problem) -> JSONNode {
        let location = SourceLocation(file: file, line: event.line, column: event.column)
        guard depth <= Self.depthLimit else { throw Problem("nested more than \(Self.depthLimit) levels deep", at: location) }
        try count(1, at: location)
        let node: JSONNode
        switch event.kind {
        case .scalar(let text, let isPlain): node = JSONNode(isPlain ? Self.resolve(text) : .string(text), at: location)
        case .sequenceStart: node = JSONNode(.array(try elements(depth)), at: location)
        case .mappingStart: node = JSONNode(.object(try members(depth)), at: location)
        case .alias(let name):
            guard let target = anchors[name] else { throw Problem("there is no anchor \"&\(name)\" before this", at: location) }
            try count(Self.size(target), at: location)
            return target
        default: throw Problem("a value is missing here", at: location)
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func count(_ nodes: Int, at location: SourceLocation) throws(Problem) {
        nodeCount += nodes
        if nodeCount > Self.nodeLimit { throw Problem("more than \(Self.nodeLimit) values, aliases unfolded", at: location) }
    }

    private static func size(_ node: JSONNode) -> Int {
        switch node.content {
        case .array(let elements): elements.reduce(1) { $0 + size($1) }
        case .object(let members): members.reduce(1) { $0 + size($1.value) }
        default: 1
        }
    }

    private mutating func elements(_ depth: Int) throws(Problem) -> [JSONNode] {
        var elements: [JSONNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func members(_ depth: Int) throws(Problem) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return members }
            let location = SourceLocation(file: file, line: event.line, column: event.column)
            guard case .scalar(let name, _) = event.kind else { throw Problem("a name must be plain text", at: location) }
            if members.contains(where: { $0.name == name }) { throw Problem("\"\(name)\" appears twice", at: location) }
            let value = try node(try events.next(), depth: depth + 1)
            members.append(JSONNode.Member(name: name, nameLocation: location, value: value))
        }
    }

    /// Whether a plain scalar is read back as this text.
    static func readsAsText(_ text: String) -> Bool { if case .string = resolve(text) { true } else { false } }

    /// The core schema's reading of plain scalars (YAML 1.2.2 §10.3.2), which is what the formats read here were written for.
    private static func resolve(_ text: String) -> JSONNode.Content {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, (48...57).contains(first) || first == UInt8(ascii: "."), digits.utf8.contains(where: { (48...57).contains($0) }) else {
            return .string(text)
        }
        if let number = Int(text) { return .int(number) }
        // Swift also reads hexadecimal floats, which YAML does not know.
        if !digits.lowercased().contains("x"), let number = Double(text), number.isFinite { return .double(number) }
        return .string(text)
    }
}
