import Base

/// Two whole numbers, written as a list, or one that is both.
enum IntegerBounds {
    /// Nil when it is something else or the first is the greater one.
    static func read(_ node: JSONNode) -> (low: Int, high: Int)? {
        let elements = node.array ?? [node, node]
        guard elements.count == 2, case .int(let low) = elements[0].content, case .int(let high) = elements[1].content, low <= high else { return nil }
        return (low, high)
    }
}

extension Diagnostics {
    func reportKind(of node: JSONNode, expected: String, _ pointer: String) {
        report("expected \(expected), found \(node.kindName)", at: node.location, pointer: pointer)
    }
}
