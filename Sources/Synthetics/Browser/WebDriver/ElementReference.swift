import Base

/// An element that the browser has found.
public struct ElementReference: Sendable, Equatable {
    let id: String

    /// The protocol's constant name of references (WebDriver §12.1).
    private static let name = "element-6066-11e4-a52e-4f735466cecf"

    init?(_ value: Value) {
        guard case .string(let id)? = value[Self.name] else { return nil }
        self.id = id
    }

    var value: Value { .record(Record([(Self.name, .string(id))])) }
}
