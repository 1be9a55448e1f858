import Base

/// A JSON Schema (drafts 6 and 7) without references to other documents.
///
/// Every keyword that could reject a value is either understood or refused when the schema is read, so that a check never passes
/// because a keyword was skipped. Not understood: `format`, `if`/`then`/`else`, `dependencies`, `patternProperties`, `propertyNames`,
/// `contains`, `multipleOf`.
public struct JSONSchema: Sendable {
    let root: Value

    /// Keywords that say something about the schema and never reject a value.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs", "readOnly", "writeOnly",
    ]

    /// - Throws: `JSONSchemaError` for a keyword that is not understood, a wrong keyword value or a reference to nowhere.
    init(_ root: Value) throws(JSONSchemaError) {
        self.root = root
        try Self.check(root, root: root, at: "")
    }

    private static func check(_ schema: Value, root: Value, at pointer: String) throws(JSONSchemaError) {
        if case .bool = schema { return }
        guard let members = schema.fields else { throw JSONSchemaError(pointer: pointer, reason: "a schema is an object, true or false") }
        for (name, value) in zip(members.layout.names, members.values) {
            let here = pointer + "/" + name.pointerToken
            if let keyword = SchemaKeyword(rawValue: name) {
                guard keyword.accepts(value) else { throw JSONSchemaError(pointer: here, reason: "\"\(name)\" must be \(keyword.expectation)") }
                if keyword == .ref, resolve(value.plainText, in: root) == nil {
                    throw JSONSchemaError(pointer: here, reason: "no schema at \"\(value.plainText)\"; references stay inside the document")
                }
            } else if !annotations.contains(name) {
                throw JSONSchemaError(
                    pointer: here, reason: "\"\(name)\" is not understood\(suggestion(for: name, among: SchemaKeyword.allCases.map(\.rawValue)))")
            }
        }
        for (name, subschema) in subschemas(of: schema) { try check(subschema, root: root, at: pointer + "/" + name) }
    }

    private static func subschemas(of schema: Value) -> [(String, Value)] {
        var found: [(String, Value)] = []
        for name in ["not", "additionalProperties", "additionalItems"] {
            if let one = schema[name] { found.append((name, one)) }
        }
        for name in ["allOf", "anyOf", "oneOf", "items"] {
            if let list = schema[name]?.elements { found += list.enumerated().map { ("\(name)/\($0)", $1) } }
        }
        if let items = schema["items"], items.elements == nil { found.append(("items", items)) }
        for name in ["properties", "definitions", "$defs"] {
            guard let named = schema[name]?.fields else { continue }
            found += zip(named.layout.names, named.values).map { ("\(name)/\($0.pointerToken)", $1) }
        }
        return found
    }

    /// The schema that `#` or `#/definitions/name` names.
    static func resolve(_ reference: String, in root: Value) -> Value? {
        guard reference.hasPrefix("#") else { return nil }
        var current = root
        for token in reference.dropFirst().split(separator: "/") {
            let name = token.replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = current[String(name)] else { return nil }
            current = next
        }
        return current
    }
}

/// A text that is no schema, or one with rules that are not understood.
struct JSONSchemaError: Error, Equatable {
    var pointer: String
    var reason: String
}
