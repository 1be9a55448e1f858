import Base

/// Reads one assertion.
struct AssertionReader {
    private let reader: ObjectReader

    private enum Scope: String, CaseIterable { case all, withoutDNS }
    private static let types = ["body", "bodyHash", "header", "responseTime", "statusCode"]
    private static let bodyTests = ["validatesJSONPath", "validatesJSONSchema"]

    init?(_ node: JSONNode, at pointer: String, mistakes: MistakeList) {
        let names = ["operator", "property", "target", "timingsScope", "type"]
        guard let reader = ObjectReader(node, at: pointer, what: "an assertion", names: names, mistakes: mistakes) else { return nil }
        self.reader = reader
    }

    func assertion() -> Assertion? {
        guard let subject = subject() else { return nil }
        if subject == .bodyHash { return digest().map { Assertion(subject, $0) } }
        let name = reader.requiredString("operator")
        if name.isEmpty { return nil }
        if subject == .body, name == "validatesJSONPath" { return jsonPath().map { Assertion(subject, .jsonPath($0)) } }
        if subject == .body, name == "validatesJSONSchema" { return schema().map { Assertion(subject, .schema($0)) } }
        return comparison(subject, name).map { Assertion(subject, $0) }
    }

    private func subject() -> Assertion.Subject? {
        if reader["timingsScope"] != nil, reader["type"]?.string != "responseTime" {
            reader.note("only \"responseTime\" has a \"timingsScope\"", at: "timingsScope")
        }
        switch reader.requiredString("type") {
        case "": return nil
        case "statusCode": return .statusCode
        case "responseTime": return .responseTime(withoutDNS: reader.choice("timingsScope", Scope.self) == .withoutDNS)
        case "header": return .header(reader.requiredString("property"))
        case "body": return .body
        case "bodyHash": return .bodyHash
        case let other:
            reader.note("assertions on \"\(other)\" are not supported\(suggestion(for: other, among: Self.types))", at: "type")
            return nil
        }
    }

    private static func comparisons(for subject: Assertion.Subject) -> [Comparison] {
        switch subject {
        case .statusCode: Comparison.forNumbers + [.matches, .doesNotMatch]
        case .responseTime: [.lessThan, .lessThanOrEqual, .moreThan, .moreThanOrEqual]
        case .header: Comparison.forTexts + [.lessThan, .lessThanOrEqual, .moreThan, .moreThanOrEqual, .doesNotExist]
        case .body, .bodyHash: Comparison.forTexts
        }
    }

    private func comparison(_ subject: Assertion.Subject, _ name: String) -> Assertion.Test? {
        let allowed = Self.comparisons(for: subject)
        guard let comparison = Comparison(rawValue: name), allowed.contains(comparison) else {
            let names = allowed.map(\.rawValue) + (subject == .body ? Self.bodyTests : [])
            reader.note("\"\(subject.typeName)\" has no operator \"\(name)\"\(suggestion(for: name, among: names))", at: "operator")
            return nil
        }
        return target(of: comparison, in: reader, named: "target").map { .compare(comparison, $0) }
    }

    /// The value to compare with, checked against what the operator needs.
    private func target(of comparison: Comparison, in reader: ObjectReader, named name: String) -> Value? {
        guard comparison.needsTarget else { return .null }
        guard let node = reader.node[name] else { reader.missing(name); return nil }
        let value = node.value
        if case .string(let text) = value, Template.hasPlaces(text) { return value }
        if node.array != nil || node.members != nil {
            reader.note("\"\(name)\" of \(comparison.rawValue) must be a text or a number, not \(node.kindName)", at: name)
            return nil
        }
        if comparison.takesNumber, value.number == nil {
            reader.note("\"\(name)\" of \(comparison.rawValue) must be a number, not \(value.json())", at: name)
            return nil
        }
        if comparison.takesPattern { PatternReader.check(value.plainText, reader, name) }
        return value
    }

    private func digest() -> Assertion.Test? {
        guard let digest = reader.choice("operator", Digest.self) else {
            if reader["operator"] == nil { reader.missing("operator") }
            return nil
        }
        let hex = reader.requiredString("target")
        let isHex = hex.utf8.count == digest.digits && hex.lowercased().utf8.allSatisfy { $0.hexDigitValue != nil }
        if !hex.isEmpty, !isHex, !Template.hasPlaces(hex) { reader.note("\"target\" must be \(digest.digits) hexadecimal digits", at: "target") }
        return .digest(digest, hex)
    }

    private func jsonPath() -> JSONPathTest? {
        let names = ["elementsOperator", "jsonPath", "operator", "targetValue"]
        guard let target = reader.object("target", what: "\"target\" of validatesJSONPath", names: names) else {
            if reader["target"] == nil { reader.missing("target") }
            return nil
        }
        let path = JSONPathReader.read(target, "jsonPath")
        let elements = target.choice("elementsOperator", JSONPathTest.Elements.self) ?? .firstElementMatches
        let allowed = Comparison.allCases.filter { $0 != .doesNotExist }
        let name = target.requiredString("operator")
        guard let comparison = Comparison(rawValue: name), allowed.contains(comparison) else {
            if !name.isEmpty {
                target.note("there is no operator \"\(name)\"\(suggestion(for: name, among: allowed.map(\.rawValue)))", at: "operator")
            }
            return nil
        }
        guard let value = self.target(of: comparison, in: target, named: "targetValue"), let path else { return nil }
        return JSONPathTest(path: path, comparison: comparison, target: value, elements: elements)
    }

    private func schema() -> JSONSchema? {
        let names = ["jsonSchema", "metaSchema"]
        guard let target = reader.object("target", what: "\"target\" of validatesJSONSchema", names: names) else {
            if reader["target"] == nil { reader.missing("target") }
            return nil
        }
        if let meta = target.string("metaSchema"), !["draft-06", "draft-07"].contains(meta) {
            target.note("\"metaSchema\" is \"\(meta)\"\(suggestion(for: meta, among: ["draft-06", "draft-07"]))", at: "metaSchema")
        }
        let text = target.requiredString("jsonSchema")
        if text.isEmpty { return nil }
        do { return try JSONSchema(Value.parse(json: text.utf8)) } catch let error as JSONSchemaError {
            target.note("the schema at \(error.pointer.isEmpty ? "/" : error.pointer): \(error.reason)", at: "jsonSchema")
        } catch {
            target.note("the schema is not JSON: \((error as? Problem)?.message ?? "\(error)")", at: "jsonSchema")
        }
        return nil
    }
}
