import Base

/// A JSON Schema of draft 6 or 7 without references to other documents.
///
/// Every keyword that could reject a value is either understood or refused when the schema is read, so that a check never passes
/// because a keyword was misspelt.
public struct JSONSchema: Sendable {
    let root: Value
    /// Schemas that others can refer to by name.
    private let named: [String: Value]

    /// Keywords that say something about the schema and never reject a value.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType",
    ]

    /// - Throws: `JSONSchemaError` for a keyword that is not understood, a wrong keyword value or a reference to nowhere.
    init(_ root: Value) throws(JSONSchemaError) {
        self.root = root
        named = Self.named(in: root)
        try check(root, at: "")
    }

    private func check(_ schema: Value, at pointer: String) throws(JSONSchemaError) {
        if case .bool = schema { return }
        guard let members = schema.fields else { throw JSONSchemaError(pointer: pointer, reason: "a schema is an object, true or false") }
        for (name, value) in zip(members.layout.names, members.values) {
            let here = pointer + "/" + name.pointerToken
            if let keyword = SchemaKeyword(rawValue: name) {
                guard keyword.accepts(value) else { throw JSONSchemaError(pointer: here, reason: "\"\(name)\" must be \(keyword.expectation)") }
                if keyword == .ref, resolve(value.plainText) == nil {
                    throw JSONSchemaError(pointer: here, reason: "no schema at \"\(value.plainText)\"; references stay inside the document")
                }
            } else if !Self.annotations.contains(name) {
                throw JSONSchemaError(
                    pointer: here, reason: "\"\(name)\" is not understood\(suggestion(for: name, among: SchemaKeyword.allCases.map(\.rawValue)))")
            }
        }
        for (place, subschema) in Self.subschemas(of: schema) { try check(subschema, at: pointer + "/" + place) }
    }

    /// The schemas directly inside a schema, with their places.
    static func subschemas(of schema: Value) -> [(place: String, schema: Value)] {
        var found: [(String, Value)] = []
        for keyword in SchemaKeyword.allCases {
            guard let value = schema[keyword.rawValue] else { continue }
            switch keyword.nesting {
            case .none: break
            case .one: found.append((keyword.rawValue, value))
            case .list: found += elements(of: value, keyword.rawValue)
            case .oneOrList: found += value.elements == nil ? [(keyword.rawValue, value)] : elements(of: value, keyword.rawValue)
            case .named: found += members(of: value, keyword.rawValue)
            // A dependency may also be a list of names.
            case .namedOrNames: found += members(of: value, keyword.rawValue).filter { $0.1.elements == nil }
            }
        }
        return found + ["definitions", "$defs"].flatMap { name in schema[name].map { members(of: $0, name) } ?? [] }
    }

    private static func elements(of value: Value, _ name: String) -> [(String, Value)] {
        (value.elements ?? []).enumerated().map { ("\(name)/\($0)", $1) }
    }

    private static func members(of value: Value, _ name: String) -> [(String, Value)] {
        value.fields.map { zip($0.layout.names, $0.values).map { ("\(name)/\($0.pointerToken)", $1) } } ?? []
    }

    /// The schema that `#`, `#/definitions/name` or another schema's `$id` names.
    func resolve(_ reference: String) -> Value? {
        if let schema = named[reference] { return schema }
        guard reference == "#" || reference.hasPrefix("#/"), let path = try? PercentEncoding.decode(reference.dropFirst()) else { return nil }
        var current = root
        for token in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = token.replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = current[String(name)] else { return nil }
            current = next
        }
        return current
    }

    private static func named(in schema: Value) -> [String: Value] {
        var found: [String: Value] = [:]
        if case .string(let id)? = schema["$id"] { found[id] = schema }
        for (_, subschema) in subschemas(of: schema) { found.merge(named(in: subschema)) { first, _ in first } }
        return found
    }
}

/// A text that is no schema, or one with rules that are not understood.
struct JSONSchemaError: Error, Equatable {
    var pointer: String
    var reason: String
}
