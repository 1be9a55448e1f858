/// A JSON value that remembers where it stands, so that a mistake in a pack can be shown at its place.
public struct JSONNode: Sendable {
    public enum Content: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    public struct Member: Sendable {
        public var name: String
        public var nameLocation: SourceLocation
        public var value: JSONNode

        public init(name: String, nameLocation: SourceLocation, value: JSONNode) {
            self.name = name
            self.nameLocation = nameLocation
            self.value = value
        }
    }

    public var content: Content
    public var location: SourceLocation

    public init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    /// Parses one document (RFC 8259); duplicate names in an object are a mistake here, because one of them would be silently lost.
    ///
    /// - Throws: `Problem` at the first byte that does not fit.
    public static func parse(_ text: some Sequence<UInt8>, file: String) throws(Problem) -> JSONNode {
        var parser = JSONParser(bytes: Array(text), file: file, builder: JSONNodeBuilder(file: file))
        return try parser.document()
    }

    public subscript(_ name: String) -> JSONNode? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var members: [Member]? { if case .object(let members) = content { members } else { nil } }
    public var array: [JSONNode]? { if case .array(let elements) = content { elements } else { nil } }
    public var string: String? { if case .string(let text) = content { text } else { nil } }
    public var isNull: Bool { if case .null = content { true } else { false } }

    /// For error messages: "a string", "an object" ...
    public var kindName: String {
        switch content {
        case .null: "null"
        case .bool: "true or false"
        case .int: "a whole number"
        case .double: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The same data without positions.
    public var value: Value {
        switch content {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        case .array(let elements): .list(elements.map(\.value))
        case .object(let members): .record(Record(members.map { ($0.name, $0.value.value) }))
        }
    }

    /// Wraps data that was not read from a file.
    public init(value: Value, at location: SourceLocation) {
        let content: Content =
            switch value {
            case .null: .null
            case .bool(let flag): .bool(flag)
            case .int(let number): .int(number)
            case .double(let number): .double(number)
            case .string(let text): .string(text)
            case .bytes(let bytes): .string(String(decoding: bytes, as: UTF8.self))
            case .list(let elements): .array(elements.map { JSONNode(value: $0, at: location) })
            case .record(let record):
                .object(
                    zip(record.layout.names, record.values).map {
                        Member(name: $0, nameLocation: location, value: JSONNode(value: $1, at: location))
                    })
            }
        self.init(content, at: location)
    }

    /// Applies a merge patch (RFC 7396): objects are merged name by name, null removes, everything else replaces.
    public func merging(_ patch: JSONNode) -> JSONNode {
        guard case .object(let changes) = patch.content else { return patch }
        var merged = members ?? []
        for change in changes {
            let index = merged.firstIndex { $0.name == change.name }
            if change.value.isNull {
                if let index { merged.remove(at: index) }
            } else if let index {
                merged[index].value = merged[index].value.merging(change.value)
            } else {
                let base = JSONNode(.object([]), at: change.value.location)
                merged.append(Member(name: change.name, nameLocation: change.nameLocation, value: base.merging(change.value)))
            }
        }
        return JSONNode(.object(merged), at: members == nil ? patch.location : location)
    }
}

extension Value {
    /// Reads JSON data, for example a request body.
    public static func parse(json bytes: some Sequence<UInt8>) throws(Problem) -> Value {
        var parser = JSONParser(bytes: Array(bytes), file: "body", builder: JSONValueBuilder())
        return try parser.document()
    }
}

extension String {
    /// This name as one step of a JSON pointer (RFC 6901 §3).
    public var pointerToken: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return self }
        return reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
    }
}
