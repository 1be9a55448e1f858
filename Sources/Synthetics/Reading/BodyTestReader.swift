import Base

/// Reads the `target` of an assertion that looks into a body.
struct BodyTestReader {
    private let reader: ObjectReader

    static let operators = ["validatesJSONPath", "validatesJSONSchema", "validatesXPath"]

    init(_ reader: ObjectReader) { self.reader = reader }

    func jsonPath() -> JSONPathTest? {
        guard let target = target(of: "validatesJSONPath", ["elementsOperator", "jsonPath", "operator", "targetValue"]) else { return nil }
        let path = ExpressionReader.read(JSONPath.self, target, "jsonPath")
        let elements = target.choice("elementsOperator", JSONPathTest.Elements.self) ?? .firstElementMatches
        guard let (comparison, value) = comparison(target), let path else { return nil }
        return JSONPathTest(path: path, comparison: comparison, target: value, elements: elements)
    }

    func xPath() -> XPathTest? {
        guard let target = target(of: "validatesXPath", ["operator", "targetValue", "xPath"]) else { return nil }
        let path = ExpressionReader.read(XPath.self, target, "xPath")
        guard let (comparison, value) = comparison(target), let path else { return nil }
        return XPathTest(path: path, comparison: comparison, target: value)
    }

    func schema() -> Templated<JSONSchema>? {
        guard let target = target(of: "validatesJSONSchema", ["jsonSchema", "metaSchema"]) else { return nil }
        if let meta = target.string("metaSchema"), !["draft-06", "draft-07"].contains(meta) {
            target.note("\"metaSchema\" is \"\(meta)\"\(suggestion(for: meta, among: ["draft-06", "draft-07"]))", at: "metaSchema")
        }
        return ExpressionReader.read(JSONSchema.self, target, "jsonSchema")
    }

    private func target(of operation: String, _ names: [String]) -> ObjectReader? {
        guard let target = reader.object("target", what: "\"target\" of \(operation)", names: names) else {
            if reader["target"] == nil { reader.missing("target") }
            return nil
        }
        return target
    }

    private func comparison(_ target: ObjectReader) -> (Comparison, Value)? {
        let allowed = Comparison.allCases.filter { $0 != .doesNotExist }
        let name = target.requiredString("operator")
        guard let comparison = Comparison(rawValue: name), allowed.contains(comparison) else {
            if !name.isEmpty {
                target.note("there is no operator \"\(name)\"\(suggestion(for: name, among: allowed.map(\.rawValue)))", at: "operator")
            }
            return nil
        }
        return TargetReader(target, "targetValue").value(for: comparison).map { (comparison, $0) }
    }
}
