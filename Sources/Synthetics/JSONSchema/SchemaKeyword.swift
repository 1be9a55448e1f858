import Base

/// The schema keywords that can reject a value, in the order in which they are looked at.
enum SchemaKeyword: String, CaseIterable {
    case ref = "$ref"
    case type, `enum`, const
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
    case minLength, maxLength, pattern, format
    case items, additionalItems, contains, minItems, maxItems, uniqueItems
    case properties, patternProperties, additionalProperties, propertyNames, required, dependencies, minProperties, maxProperties
    case allOf, anyOf, oneOf, not, `if`
    /// Only with `if`.
    case then, `else`

    private static let positions = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1.rawValue, $0) })

    /// Those of a schema, in the order of the cases.
    static func inOrder(of schema: Record) -> [SchemaKeyword] {
        schema.layout.names.compactMap { positions[$0] }.sorted().map { allCases[$0] }
    }

    static let typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"]

    /// How a keyword's value holds schemas.
    enum Nesting { case none, one, list, oneOrList, named, namedOrNames }

    var nesting: Nesting {
        switch self {
        case .additionalItems, .contains, .additionalProperties, .propertyNames, .not, .if, .then, .else: .one
        case .allOf, .anyOf, .oneOf: .list
        case .items: .oneOrList
        case .properties, .patternProperties: .named
        case .dependencies: .namedOrNames
        default: .none
        }
    }

    var expectation: String {
        switch self {
        case .ref, .format: "a string"
        case .type: "a type name or a list of them (\(Self.typeNames.joined(separator: ", ")))"
        case .enum: "a list"
        case .const: "any value"
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: "a number"
        case .multipleOf: "a number above 0"
        case .minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties: "a whole number from 0"
        case .pattern: "a regular expression"
        case .uniqueItems: "true or false"
        case .required: "a list of names"
        case .properties: "an object"
        case .dependencies: "an object of schemas and lists of names"
        case .patternProperties: "an object whose names are regular expressions"
        case .allOf, .anyOf, .oneOf: "a list of schemas"
        case .items: "a schema or a list of schemas"
        case .additionalItems, .additionalProperties, .contains, .propertyNames, .not, .if, .then, .else: "a schema"
        }
    }

    func accepts(_ value: Value) -> Bool {
        switch self {
        case .ref, .format: Self.isText(value)
        case .type: (value.elements ?? [value]).allSatisfy { Self.typeNames.contains($0.plainText) } && value != .list([])
        case .enum, .allOf, .anyOf, .oneOf: value.elements?.isEmpty == false
        case .const: true
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: value.isNumeric
        case .multipleOf: value.isNumeric && value.number! > 0
        case .minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties: Self.isCount(value)
        case .pattern: if case .string(let text) = value { (try? CheckPattern(text)) != nil } else { false }
        case .uniqueItems: if case .bool = value { true } else { false }
        case .required: value.elements?.allSatisfy(Self.isText) ?? false
        case .properties: value.fields != nil
        case .dependencies: value.fields.map { $0.values.allSatisfy { ($0.elements ?? []).allSatisfy(Self.isText) } } ?? false
        case .patternProperties: value.fields.map { $0.layout.names.allSatisfy { (try? CheckPattern($0)) != nil } } ?? false
        // What these hold is checked as schemas of their own.
        case .items, .additionalItems, .additionalProperties, .contains, .propertyNames, .not, .if, .then, .else: true
        }
    }

    private static func isText(_ value: Value) -> Bool { if case .string = value { true } else { false } }

    /// Whole numbers may be written as 2.0 (draft 6 and later).
    private static func isCount(_ value: Value) -> Bool { value.isNumeric && (value.integer ?? -1) >= 0 }
}

extension Value {
    var isNumeric: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }
}
