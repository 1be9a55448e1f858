import Base

/// JSON made of what stands on the command line and in the environment; it has no place in a file.
enum OverrideNode {
    static let empty = JSONNode(.object([]), at: SourceLocation(file: "--override", line: 1, column: 1))

    static func object(_ name: String, _ content: JSONNode.Content) -> JSONNode { JSONNode(self.content(name, content), at: empty.location) }

    static func content(_ name: String, _ content: JSONNode.Content) -> JSONNode.Content {
        .object([JSONNode.Member(name: name, nameLocation: empty.location, value: JSONNode(content, at: empty.location))])
    }

    /// Texts between semicolons.
    static func list(_ value: String) -> JSONNode.Content {
        .array(
            value.split(separator: ";", omittingEmptySubsequences: false).map {
                JSONNode(.string(String($0.trimmingWhitespace())), at: empty.location)
            })
    }
}
