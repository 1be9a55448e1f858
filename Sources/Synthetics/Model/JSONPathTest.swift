import Base

/// An assertion on what a JSON path finds in the body.
public struct JSONPathTest: Sendable {
    /// Which of the values found must satisfy the operator.
    public enum Elements: String, Sendable, CaseIterable {
        case firstElementMatches, everyElementMatches, atLeastOneElementMatches
        /// The JSON text of the list of all values found is compared.
        case serializationMatches
    }

    public var path: Templated<JSONPath>
    public var comparison: Comparison
    public var target: Value
    public var elements: Elements

    public init(path: Templated<JSONPath>, comparison: Comparison, target: Value, elements: Elements = .firstElementMatches) {
        self.path = path
        self.comparison = comparison
        self.target = target
        self.elements = elements
    }

    /// The verdict on the values that the path found, and the value that a report shows.
    func judge(_ found: [Value], target: Value) throws(CheckPatternError) -> (holds: Bool, actual: Value?) {
        switch elements {
        case .firstElementMatches: return (try comparison.holds(found.first, target), found.first)
        case .serializationMatches: return (try comparison.holds(.list(found), target), .list(found))
        case .everyElementMatches:
            if found.isEmpty { return (comparison == .isUndefined, nil) }
            for value in found where try !comparison.holds(value, target) { return (false, value) }
            return (true, .list(found))
        case .atLeastOneElementMatches:
            for value in found where try comparison.holds(value, target) { return (true, value) }
            return (found.isEmpty && comparison == .isUndefined, found.isEmpty ? nil : .list(found))
        }
    }
}
