import Base

/// A compiled expression of the wiring language: paths, literals, comparison, arithmetic, `and`/`or`/`not`, and `| filter: argument`.
public indirect enum Expression {
    case literal(Value)
    case variable(slot: Int, name: String, path: [PathKey], isOptional: Bool)
    case ambient(AmbientRoot, path: [PathKey], isOptional: Bool)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case filtered(Expression, Filter, [Expression])

    public enum UnaryOperator: String { case not, minus = "-" }

    public enum BinaryOperator: String {
        case or, and
        case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
        case isIn = "in", contains
        case plus = "+", minus = "-", times = "*", dividedBy = "/", remainder = "%"
    }

    /// - Throws: `ExpressionError` for a name that does not exist (unless it ends in `?`) and for types that do not fit.
    public func evaluate(_ frame: Frame) throws(ExpressionError) -> Value {
        switch self {
        case .literal(let value): return value
        case .variable(let slot, let name, let path, let isOptional):
            var value = frame.slots[slot]
            for (depth, key) in path.enumerated() {
                guard let next = key.look(in: value) else {
                    if isOptional { return .null }
                    throw Self.undefined(key.name, in: value, of: ([name] + path[..<depth].map(\.name)).joined(separator: "."))
                }
                value = next
            }
            return value
        case .ambient(let root, let path, let isOptional):
            if isOptional { return (try? frame.ambient(root, path)) ?? .null }
            return try frame.ambient(root, path)
        case .unary(.not, let operand): return .bool(!(try operand.evaluate(frame).isTruthy))
        case .unary(.minus, let operand): return try Arithmetic.apply(.minus, .int(0), try operand.evaluate(frame))
        case .binary(.or, let left, let right):
            let value = try left.evaluate(frame)
            return value.isTruthy ? value : try right.evaluate(frame)
        case .binary(.and, let left, let right):
            let value = try left.evaluate(frame)
            return value.isTruthy ? try right.evaluate(frame) : value
        case .binary(let symbol, let left, let right):
            return try Arithmetic.apply(symbol, try left.evaluate(frame), try right.evaluate(frame))
        case .filtered(let input, let filter, let arguments):
            let value = try input.evaluate(frame)
            var evaluated: [Value] = []
            for argument in arguments { evaluated.append(try argument.evaluate(frame)) }
            return try filter.apply(value, evaluated)
        }
    }

    private static func undefined(_ name: String, in value: Value, of path: String) -> ExpressionError {
        switch value {
        case .null: return ExpressionError(.undefinedName, "\"\(path)\" is null, so it has no \"\(name)\"")
        case .record(let record):
            return ExpressionError(.undefinedName, "\"\(path)\" has no \"\(name)\"" + suggestion(for: name, among: record.layout.names))
        default: return ExpressionError(.undefinedName, "\"\(path)\" has no \"\(name)\"")
        }
    }

    /// The value when it does not depend on a frame.
    public var constant: Value? { if case .literal(let value) = self { value } else { nil } }
}

/// Comparison and arithmetic on values; integers stay exact.
enum Arithmetic {
    static func apply(_ symbol: Expression.BinaryOperator, _ left: Value, _ right: Value) throws(ExpressionError) -> Value {
        switch symbol {
        case .equal: return .bool(areEqual(left, right))
        case .notEqual: return .bool(!areEqual(left, right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try compare(symbol, left, right))
        case .isIn: return .bool(contains(right, left))
        case .contains: return .bool(contains(left, right))
        case .plus:
            if case .string(let a) = left { return .string(a + right.text) }
            if case .list(let a) = left, case .list(let b) = right { return .list(a + b) }
            return try arithmetic(symbol, left, right)
        case .minus, .times, .dividedBy, .remainder: return try arithmetic(symbol, left, right)
        case .or, .and: return .null
        }
    }

    static func areEqual(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): Double(a) == b
        case (.bool(let a), .int(let b)), (.int(let b), .bool(let a)): (a ? 1 : 0) == b
        default: left == right
        }
    }

    private static func contains(_ container: Value, _ element: Value) -> Bool {
        switch container {
        case .list(let elements): elements.contains { areEqual($0, element) }
        case .string(let text): text.contains(element.text)
        case .record(let record): record[element.text] != nil
        default: false
        }
    }

    private static func compare(_ symbol: Expression.BinaryOperator, _ left: Value, _ right: Value) throws(ExpressionError) -> Bool {
        if case .string(let a) = left, case .string(let b) = right { return ordered(symbol, a, b) }
        guard let a = left.number, let b = right.number else { throw wrongType(symbol, left, right) }
        return ordered(symbol, a, b)
    }

    private static func ordered<T: Comparable>(_ symbol: Expression.BinaryOperator, _ a: T, _ b: T) -> Bool {
        switch symbol {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        default: a >= b
        }
    }

    private static func arithmetic(_ symbol: Expression.BinaryOperator, _ left: Value, _ right: Value) throws(ExpressionError) -> Value {
        if case .int(let a) = left, case .int(let b) = right, let result = whole(symbol, a, b) { return .int(result) }
        guard let a = left.number, let b = right.number else { throw wrongType(symbol, left, right) }
        switch symbol {
        case .plus: return .double(a + b)
        case .minus: return .double(a - b)
        case .times: return .double(a * b)
        default:
            guard b != 0 else { throw ExpressionError(.wrongType, "division by zero") }
            return .double(symbol == .dividedBy ? a / b : a.truncatingRemainder(dividingBy: b))
        }
    }

    /// Nil when the result is not a whole number or does not fit.
    private static func whole(_ symbol: Expression.BinaryOperator, _ a: Int, _ b: Int) -> Int? {
        let (result, overflow): (Int, Bool)
        switch symbol {
        case .plus: (result, overflow) = a.addingReportingOverflow(b)
        case .minus: (result, overflow) = a.subtractingReportingOverflow(b)
        case .times: (result, overflow) = a.multipliedReportingOverflow(by: b)
        case .dividedBy:
            guard b != 0, a != .min, a % b == 0 else { return nil }
            return a / b
        default:
            guard b != 0, a != .min else { return nil }
            return a % b
        }
        return overflow ? nil : result
    }

    private static func wrongType(_ symbol: Expression.BinaryOperator, _ left: Value, _ right: Value) -> ExpressionError {
        ExpressionError(.wrongType, "\"\(symbol.rawValue)\" does not work on \(kind(left)) and \(kind(right))")
    }

    private static func kind(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string, .bytes: "text"
        case .list: "a list"
        case .record: "a record"
        }
    }
}
