import Base

extension JSONSchema {
    /// Schemas that refer to each other without end are given up here, as a violation.
    private static let depthLimit = 100

    /// The first rule that a value breaks, as `/0/id: should be integer`; nil when it keeps them all.
    func violation(of value: Value) -> String? { violation(of: value, by: root, at: "", depth: 0) }

    private func violation(of value: Value, by schema: Value, at pointer: String, depth: Int) -> String? {
        let place = pointer.isEmpty ? "/" : pointer
        if case .bool(let allowed) = schema { return allowed ? nil : "\(place): nothing is allowed here" }
        guard let members = schema.fields, depth < Self.depthLimit else { return "\(place): the schema refers to itself without end" }
        for (name, rule) in zip(members.layout.names, members.values) {
            guard let keyword = SchemaKeyword(rawValue: name) else { continue }
            let context = Context(value: value, schema: schema, pointer: pointer, depth: depth + 1)
            if let reason = simpleViolation(keyword, rule, value) { return "\(place): \(reason)" }
            if let nested = nestedViolation(keyword, rule, context) { return nested }
        }
        return nil
    }

    private struct Context {
        var value: Value
        var schema: Value
        var pointer: String
        var depth: Int
    }

    /// Rules that look at the value alone.
    private func simpleViolation(_ keyword: SchemaKeyword, _ rule: Value, _ value: Value) -> String? {
        switch keyword {
        case .type:
            let names = (rule.elements ?? [rule]).map(\.plainText)
            return names.contains { value.hasType($0) } ? nil : "should be \(names.joined(separator: " or "))"
        case .enum: return rule.elements!.contains { $0.equalsJSON(value) } ? nil : "should be one of \(rule.json())"
        case .const: return rule.equalsJSON(value) ? nil : "should be \(rule.json())"
        case .pattern:
            guard case .string(let text) = value, let pattern = try? Pattern(rule.plainText) else { return nil }
            return pattern.matches(text) ? nil : "should match \(rule.plainText)"
        case .uniqueItems:
            guard rule == .bool(true), let items = value.elements else { return nil }
            let isRepeated = items.indices.contains { index in items[..<index].contains { $0.equalsJSON(items[index]) } }
            return isRepeated ? "should have no item twice" : nil
        case .required:
            guard let fields = value.fields else { return nil }
            return rule.elements!.map(\.plainText).first { fields[$0] == nil }.map { "should have \"\($0)\"" }
        default: return boundViolation(keyword, rule, value)
        }
    }

    private func boundViolation(_ keyword: SchemaKeyword, _ rule: Value, _ value: Value) -> String? {
        guard let bound = rule.number else { return nil }
        let measured: Double?
        switch keyword {
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: measured = value.isNumeric ? value.number : nil
        case .minLength, .maxLength: if case .string(let text) = value { measured = Double(text.unicodeScalars.count) } else { measured = nil }
        case .minItems, .maxItems: measured = value.elements.map { Double($0.count) }
        case .minProperties, .maxProperties: measured = value.fields.map { Double($0.values.count) }
        default: measured = nil
        }
        guard let measured else { return nil }
        let keeps: Bool =
            switch keyword {
            case .minimum, .minLength, .minItems, .minProperties: measured >= bound
            case .exclusiveMinimum: measured > bound
            case .exclusiveMaximum: measured < bound
            default: measured <= bound
            }
        return keeps ? nil : "breaks \(keyword.rawValue) \(rule.json())"
    }

    /// Rules that apply other schemas.
    private func nestedViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: Context) -> String? {
        func judge(_ schema: Value) -> String? { violation(of: context.value, by: schema, at: context.pointer, depth: context.depth) }
        let place = context.pointer.isEmpty ? "/" : context.pointer
        switch keyword {
        case .ref: return Self.resolve(rule.plainText, in: root).flatMap { judge($0) }
        case .allOf: return rule.elements!.lazy.compactMap { judge($0) }.first
        case .anyOf: return rule.elements!.contains { judge($0) == nil } ? nil : "\(place): fits no schema of anyOf"
        case .oneOf:
            let count = rule.elements!.count { judge($0) == nil }
            return count == 1 ? nil : "\(place): fits \(count) schemas of oneOf instead of 1"
        case .not: return judge(rule) == nil ? "\(place): fits the schema of not" : nil
        case .properties, .additionalProperties: return memberViolation(keyword, rule, context)
        case .items, .additionalItems: return itemViolation(keyword, rule, context)
        default: return nil
        }
    }

    private func memberViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: Context) -> String? {
        guard let fields = context.value.fields else { return nil }
        let declared = context.schema["properties"]?.fields
        for (name, value) in zip(fields.layout.names, fields.values) {
            let schema = keyword == .properties ? rule[name] : declared?[name] == nil ? rule : nil
            guard let schema else { continue }
            if let found = violation(of: value, by: schema, at: context.pointer + "/" + name.pointerToken, depth: context.depth) { return found }
        }
        return nil
    }

    private func itemViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: Context) -> String? {
        guard let items = context.value.elements else { return nil }
        let declared = context.schema["items"]?.elements
        for (index, item) in items.enumerated() {
            let schema: Value?
            if keyword == .items {
                schema = rule.elements.map { index < $0.count ? $0[index] : .bool(true) } ?? rule
            } else {
                schema = declared.flatMap { index >= $0.count ? rule : nil }
            }
            guard let schema else { continue }
            if let found = violation(of: item, by: schema, at: "\(context.pointer)/\(index)", depth: context.depth) { return found }
        }
        return nil
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
    fileprivate func equalsJSON(_ other: Value) -> Bool {
        if isNumeric && other.isNumeric { return number == other.number }
        if let mine = elements, let theirs = other.elements {
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.equalsJSON($1) }
        }
        guard let mine = fields, let theirs = other.fields else { return self == other }
        guard mine.values.count == theirs.values.count else { return false }
        return zip(mine.layout.names, mine.values).allSatisfy { name, value in theirs[name]?.equalsJSON(value) ?? false }
    }
}
