import Base

extension JSONSchema {
    /// The first rule that a value breaks, as `/0/id: should be integer`; nil when it keeps them all.
    func violation(of value: Value) -> String? { SchemaValidator(self).violation(of: value, by: root, at: "", depth: 0) }
}

/// One validation of one value.
///
/// Schemas may refer to each other without end; the depth and the number of rules looked at are bounded, and passing a bound is a violation.
final class SchemaValidator {
    private let schema: JSONSchema
    private var budget = 200_000
    private static let depthLimit = 200

    init(_ schema: JSONSchema) { self.schema = schema }

    func violation(of value: Value, by schema: Value, at pointer: String, depth: Int) -> String? {
        let place = pointer.isEmpty ? "/" : pointer
        if case .bool(let allowed) = schema { return allowed ? nil : "\(place): nothing is allowed here" }
        budget -= 1
        guard budget > 0 else { return "\(place): the schema takes too long" }
        guard depth < Self.depthLimit else { return "\(place): the schema refers to itself without end" }
        let context = SchemaContext(value: value, schema: schema, pointer: pointer, depth: depth + 1)
        // Beside a reference nothing counts (draft 7, 8.3).
        if let reference = schema[SchemaKeyword.ref.rawValue] {
            return self.schema.resolve(reference.plainText).flatMap { judge($0, context) }
        }
        for keyword in schema.fields.map(SchemaKeyword.inOrder) ?? [] {
            guard let rule = schema[keyword.rawValue] else { continue }
            if let reason = SimpleRule(keyword, rule).violation(of: value) { return "\(place): \(reason)" }
            if let nested = nestedViolation(keyword, rule, context) { return nested }
        }
        return nil
    }

    private func judge(_ schema: Value, _ context: SchemaContext) -> String? {
        violation(of: context.value, by: schema, at: context.pointer, depth: context.depth)
    }

    /// Rules that apply other schemas.
    private func nestedViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: SchemaContext) -> String? {
        switch keyword {
        case .allOf, .anyOf, .oneOf, .not, .if: combinedViolation(keyword, rule, context)
        case .properties, .patternProperties, .additionalProperties, .propertyNames, .dependencies: memberViolation(keyword, rule, context)
        case .items, .additionalItems, .contains: itemViolation(keyword, rule, context)
        default: nil
        }
    }

    private func combinedViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: SchemaContext) -> String? {
        switch keyword {
        case .allOf: return rule.elements!.lazy.compactMap { self.judge($0, context) }.first
        case .anyOf: return rule.elements!.contains { judge($0, context) == nil } ? nil : "\(context.place): fits no schema of anyOf"
        case .oneOf:
            let count = rule.elements!.count { judge($0, context) == nil }
            return count == 1 ? nil : "\(context.place): fits \(count) schemas of oneOf instead of 1"
        case .not: return judge(rule, context) == nil ? "\(context.place): fits the schema of not" : nil
        default:
            let branch: SchemaKeyword = judge(rule, context) == nil ? .then : .else
            return context.schema[branch.rawValue].flatMap { judge($0, context) }
        }
    }

    // MARK: Objects

    private func memberViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: SchemaContext) -> String? {
        guard let fields = context.value.fields else { return nil }
        if keyword == .dependencies { return dependencyViolation(rule, fields, context) }
        for (name, value) in zip(fields.layout.names, fields.values) {
            let pointer = context.pointer + "/" + name.pointerToken
            if keyword == .propertyNames, let found = violation(of: .string(name), by: rule, at: pointer, depth: context.depth) { return found }
            for schema in schemas(keyword, rule, forMember: name, context) {
                if let found = violation(of: value, by: schema, at: pointer, depth: context.depth) { return found }
            }
        }
        return nil
    }

    private func schemas(_ keyword: SchemaKeyword, _ rule: Value, forMember name: String, _ context: SchemaContext) -> [Value] {
        switch keyword {
        case .properties: return rule[name].map { [$0] } ?? []
        case .patternProperties: return Self.matching(name, rule)
        case .additionalProperties:
            let isDeclared = context.schema["properties"]?.fields?[name] != nil
            let isMatched = context.schema["patternProperties"].map { !Self.matching(name, $0).isEmpty } ?? false
            return isDeclared || isMatched ? [] : [rule]
        default: return []
        }
    }

    private static func matching(_ name: String, _ patterns: Value) -> [Value] {
        guard let fields = patterns.fields else { return [] }
        return zip(fields.layout.names, fields.values).compactMap { pattern, schema in
            (try? CheckPattern(pattern).matches(name)) == true ? schema : nil
        }
    }

    private func dependencyViolation(_ rule: Value, _ fields: Record, _ context: SchemaContext) -> String? {
        guard let dependencies = rule.fields else { return nil }
        for (name, needed) in zip(dependencies.layout.names, dependencies.values) where fields[name] != nil {
            guard let names = needed.elements else {
                if let found = judge(needed, context) { return found }
                continue
            }
            if let absent = names.map(\.plainText).first(where: { fields[$0] == nil }) {
                return "\(context.place): should have \"\(absent)\", because it has \"\(name)\""
            }
        }
        return nil
    }

    // MARK: Lists

    private func itemViolation(_ keyword: SchemaKeyword, _ rule: Value, _ context: SchemaContext) -> String? {
        guard let items = context.value.elements else { return nil }
        if keyword == .contains {
            let isFound = items.contains { violation(of: $0, by: rule, at: context.pointer, depth: context.depth) == nil }
            return isFound ? nil : "\(context.place): has no item that fits the schema of contains"
        }
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

/// What a keyword is looked at with.
struct SchemaContext {
    var value: Value
    /// The one that has the keyword.
    var schema: Value
    var pointer: String
    var depth: Int

    var place: String { pointer.isEmpty ? "/" : pointer }
}
