import Base

/// A schema keyword that looks at the value alone.
struct SimpleRule {
    private let keyword: SchemaKeyword
    private let rule: Value

    init(_ keyword: SchemaKeyword, _ rule: Value) {
        self.keyword = keyword
        self.rule = rule
    }

    /// What the value should be; nil when it is, and for keywords that apply other schemas.
    func violation(of value: Value) -> String? {
        switch keyword {
        case .type:
            let names = (rule.elements ?? [rule]).map(\.plainText)
            return names.contains { value.hasType($0) } ? nil : "should be \(names.joined(separator: " or "))"
        case .enum: return rule.elements!.contains { $0.equalsJSON(value) } ? nil : "should be one of \(rule.json())"
        case .const: return rule.equalsJSON(value) ? nil : "should be \(rule.json())"
        case .pattern: return patternViolation(of: value)
        case .format:
            guard case .string(let text) = value, let format = SchemaFormat(rawValue: rule.plainText) else { return nil }
            return format.accepts(text) ? nil : "should be \(format.rawValue)"
        case .uniqueItems:
            guard rule == .bool(true), let items = value.elements else { return nil }
            let isRepeated = items.indices.contains { index in items[..<index].contains { $0.equalsJSON(items[index]) } }
            return isRepeated ? "should have no item twice" : nil
        case .required:
            guard let fields = value.fields else { return nil }
            return rule.elements!.map(\.plainText).first { fields[$0] == nil }.map { "should have \"\($0)\"" }
        default: return boundViolation(of: value)
        }
    }

    private func patternViolation(of value: Value) -> String? {
        guard case .string(let text) = value, let pattern = try? CheckPattern(rule.plainText) else { return nil }
        do { return try pattern.matches(text) ? nil : "should match \(rule.plainText)" } catch { return error.reason }
    }

    private func boundViolation(of value: Value) -> String? {
        guard let bound = rule.number, let measured = measure(value) else { return nil }
        let keeps: Bool =
            switch keyword {
            case .minimum, .minLength, .minItems, .minProperties: measured >= bound
            case .exclusiveMinimum: measured > bound
            case .exclusiveMaximum: measured < bound
            case .multipleOf: Self.isWhole(measured / bound)
            default: measured <= bound
            }
        return keeps ? nil : "breaks \(keyword.rawValue) \(rule.json())"
    }

    /// 4.02 is a multiple of 0.01, although neither is exact in binary.
    private static func isWhole(_ quotient: Double) -> Bool {
        abs(quotient - quotient.rounded()) <= min(1e-6, 1e-12 * max(1, abs(quotient)))
    }

    /// The number that a bound is about; nil when the bound says nothing about such a value.
    private func measure(_ value: Value) -> Double? {
        switch keyword {
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf: return value.isNumeric ? value.number : nil
        case .minLength, .maxLength: if case .string(let text) = value { return Double(text.unicodeScalars.count) } else { return nil }
        case .minItems, .maxItems: return value.elements.map { Double($0.count) }
        case .minProperties, .maxProperties: return value.fields.map { Double($0.values.count) }
        default: return nil
        }
    }
}

extension Value {
    fileprivate func hasType(_ name: String) -> Bool {
        switch self {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .int: name == "integer" || name == "number"
        case .double(let number): name == "number" || name == "integer" && number == number.rounded()
        case .string, .bytes: name == "string"
        case .list: name == "array"
        case .record: name == "object"
        }
    }

    /// Equality of JSON data: `1` is `1.0`, and the order of members does not count.
    func equalsJSON(_ other: Value) -> Bool {
        if isNumeric && other.isNumeric { return number == other.number }
        if let mine = elements, let theirs = other.elements {
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.equalsJSON($1) }
        }
        guard let mine = fields, let theirs = other.fields else { return self == other }
        guard mine.values.count == theirs.values.count else { return false }
        return zip(mine.layout.names, mine.values).allSatisfy { name, value in theirs[name]?.equalsJSON(value) ?? false }
    }
}
