import Base

/// Reads the value that an operator compares with.
struct TargetReader {
    private let reader: ObjectReader
    private let name: String

    init(_ reader: ObjectReader, _ name: String) {
        self.reader = reader
        self.name = name
    }

    /// The value, checked against what the operator needs; null for operators that need none.
    func value(for comparison: Comparison) -> Value? {
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
        if comparison.takesPattern { _ = ExpressionReader.read(CheckPattern.self, value.plainText, reader, name) }
        return value
    }
}

/// Reads an expression out of a member.
enum ExpressionReader {
    static func read<Expression: CheckExpression>(_ type: Expression.Type, _ reader: ObjectReader, _ name: String) -> Templated<Expression>? {
        let text = reader.requiredString(name)
        return text.isEmpty ? nil : read(type, text, reader, name)
    }

    static func read<Expression: CheckExpression>(
        _ type: Expression.Type, _ text: String, _ reader: ObjectReader, _ name: String
    ) -> Templated<Expression>? {
        do { return try Templated(text) } catch {
            reader.note("\(shortened(text)) is not \(type.kindName): \(error.reason)", at: name)
            return nil
        }
    }

    private static func shortened(_ text: String) -> String { text.count <= 80 ? "\"\(text)\"" : "\"\(text.prefix(80))…\"" }
}
