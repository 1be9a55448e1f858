/// Where the command prints while it works.
public protocol CommandOutput: Sendable {
    /// True when a person watches a terminal.
    var isTerminal: Bool { get }
    var usesColour: Bool { get }
    /// Prints on the standard output stream, at once.
    func write(_ text: String)
    /// On a terminal: shows a line that the next output replaces; nil takes it away.
    func show(_ passing: String?)
}
