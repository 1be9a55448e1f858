/// The condition of `[?( ... )]`.
indirect enum JSONPathFilter: Sendable, Equatable {
    case exists(Operand)
    case compare(Operand, Relation, Operand)
    case matches(Operand, pattern: String)
    case not(JSONPathFilter)
    case all([JSONPathFilter])
    case any([JSONPathFilter])

    enum Relation: String, Sendable, CaseIterable {
        // Longer ones first, so that a reader that tries them in order never stops at a prefix.
        case same = "===", notSame = "!==", equal = "==", notEqual = "!=", lessOrEqual = "<=", moreOrEqual = ">=", less = "<", more = ">"
    }

    enum Operand: Sendable, Equatable {
        case literal(Value)
        /// From the element that is tested.
        case current(JSONPath.Query)
        /// From the document.
        case root(JSONPath.Query)

        func value(_ element: Value, root document: Value) -> Value? {
            switch self {
            case .literal(let value): value
            case .current(let query): query.evaluate(on: element, root: document).first
            case .root(let query): query.evaluate(on: document, root: document).first
            }
        }
    }

    func accepts(_ element: Value, root: Value) -> Bool {
        switch self {
        case .exists(let operand):
            // As in JavaScript, where these filters come from: present and not false, null, 0 or "".
            guard let value = operand.value(element, root: root) else { return false }
            if case .list = value { return true }
            return value.isTruthy
        case .compare(let left, let relation, let right):
            return Self.holds(left.value(element, root: root), relation, right.value(element, root: root))
        case .matches(let operand, let pattern):
            guard case .string(let text)? = operand.value(element, root: root), let pattern = try? Pattern(pattern) else { return false }
            return pattern.matches(text)
        case .not(let inner): return !inner.accepts(element, root: root)
        case .all(let list): return list.allSatisfy { $0.accepts(element, root: root) }
        case .any(let list): return list.contains { $0.accepts(element, root: root) }
        }
    }

    private static func holds(_ left: Value?, _ relation: Relation, _ right: Value?) -> Bool {
        switch relation {
        case .equal, .same: return areEqual(left, right)
        case .notEqual, .notSame: return !areEqual(left, right)
        case .less, .lessOrEqual, .more, .moreOrEqual:
            guard let left, let right else { return false }
            if case .string(let a) = left, case .string(let b) = right { return ordered(a, relation, b) }
            guard let a = left.number, let b = right.number else { return false }
            return ordered(a, relation, b)
        }
    }

    private static func areEqual(_ left: Value?, _ right: Value?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        if case .string = left { return left == right }
        if let a = left.number, let b = right.number, right != .string(right.text) { return a == b }
        return left == right
    }

    private static func ordered<Ordered: Comparable>(_ left: Ordered, _ relation: Relation, _ right: Ordered) -> Bool {
        switch relation {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .more: left > right
        default: left >= right
        }
    }
}
