/// Where something stands in a source file; lines and columns start at 1, columns count bytes.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// One mistake in what somebody wrote: where it is and what to do about it.
public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    public var location: SourceLocation
    /// JSON pointer (RFC 6901) of the value; empty for the whole document and for files that are not JSON.
    public var pointer: String
    public var message: String

    public init(_ message: String, at location: SourceLocation, pointer: String = "") {
        self.location = location
        self.pointer = pointer
        self.message = message
    }

    public var description: String {
        pointer.isEmpty ? "\(location): \(message)" : "\(location): \(pointer): \(message)"
    }
}

/// All mistakes found, reported together.
public struct Problems: Error, CustomStringConvertible, Sendable {
    public var list: [Problem]

    public init(_ list: [Problem]) { self.list = list }

    public var description: String { list.map(\.description).joined(separator: "\n") }
}
