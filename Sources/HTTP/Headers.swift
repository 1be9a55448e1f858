/// Header fields in the order they came, each with the spelling it came with; repeats are kept (RFC 9110 §5.3 would let us join them).
public struct Headers: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public struct Field: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var fields: [Field]

    public init(_ fields: [Field] = []) { self.fields = fields }

    public init(_ pairs: KeyValuePairs<String, String>) { fields = pairs.map { Field(name: $0.key, value: $0.value) } }

    public init(dictionaryLiteral pairs: (String, String)...) { fields = pairs.map { Field(name: $0.0, value: $0.1) } }

    /// The first value of a field; names compare without case.
    public subscript(_ name: String) -> String? {
        for field in fields where field.name.equalsIgnoringCase(name) { return field.value }
        return nil
    }

    public func values(_ name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// Makes room for a number of fields in all.
    public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// Replaces all fields of this name by one, in the place of the first.
    public mutating func set(_ name: String, _ value: String) {
        guard let index = fields.firstIndex(where: { $0.name.equalsIgnoringCase(name) }) else { add(name, value); return }
        fields[index] = Field(name: name, value: value)
        var position = fields.count - 1
        while position > index {
            if fields[position].name.equalsIgnoringCase(name) { fields.remove(at: position) }
            position -= 1
        }
    }

    public mutating func remove(_ name: String) {
        fields.removeAll { $0.name.equalsIgnoringCase(name) }
    }
}

extension String {
    /// ASCII case-insensitive comparison, as header names need it.
    public func equalsIgnoringCase(_ other: String) -> Bool {
        let a = utf8
        let b = other.utf8
        guard a.count == b.count else { return false }
        // Most names are spelt as they are asked for.
        if self == other { return true }
        return zip(a, b).allSatisfy { x, y in
            x == y || (x | 0x20 == y | 0x20 && (97...122).contains(x | 0x20))
        }
    }
}
