import Base

/// The schema keywords that can reject a value.
enum SchemaKeyword: String, CaseIterable {
    case ref = "$ref"
    case type, `enum`, const
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum
    case minLength, maxLength, pattern
    case items, additionalItems, minItems, maxItems, uniqueItems
    case properties, required, additionalProperties, minProperties, maxProperties
    case allOf, anyOf, oneOf, not

    static let typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"]

    var expectation: String {
        switch self {
        case .ref: "a string"
        case .type: "a type name or a list of them (\(Self.typeNames.joined(separator: ", ")))"
        case .enum: "a list"
        case .const: "any value"
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: "a number"
        case .minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties: "a whole number from 0"
        case .pattern: "a regular expression"
        case .uniqueItems: "true or false"
        case .required: "a list of names"
        case .properties: "an object"
        case .allOf, .anyOf, .oneOf: "a list of schemas"
        case .items: "a schema or a list of schemas"
        case .additionalItems, .additionalProperties, .not: "a schema"
        }
    }

    func accepts(_ value: Value) -> Bool {
        switch self {
        case .ref: if case .string = value { true } else { false }
        case .type: (value.elements ?? [value]).allSatisfy { Self.typeNames.contains($0.plainText) } && value != .list([])
        case .enum, .allOf, .anyOf, .oneOf: value.elements?.isEmpty == false
        case .const: true
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: value.isNumeric
        case .minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties:
            if case .int(let count) = value { count >= 0 } else { false }
        case .pattern: if case .string(let text) = value { (try? Pattern(text)) != nil } else { false }
        case .uniqueItems: if case .bool = value { true } else { false }
        case .required: value.elements?.allSatisfy { if case .string = $0 { true } else { false } } ?? false
        case .properties: value.fields != nil
        // What these hold is checked as schemas of their own.
        case .items, .additionalItems, .additionalProperties, .not: true
        }
    }
}

extension Value {
    var isNumeric: Bool {
        switch self {
        case .int, .double: true
        default: false
        }
    }
}
