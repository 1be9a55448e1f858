/// How a step finds its element.
public struct ElementLocator: Sendable, Equatable {
    public enum Strategy: String, Sendable, CaseIterable { case css, xpath }

    public struct Candidate: Sendable, Equatable {
        public var strategy: Strategy
        public var value: String

        public init(_ strategy: Strategy, _ value: String) {
            self.strategy = strategy
            self.value = value
        }
    }

    /// Written by a person; the first that finds something counts.
    public var chosen: [Candidate]
    /// Recorded by Datadog; looked at when nothing was chosen or when what was chosen finds nothing.
    public var recorded: [Candidate]

    public init(_ chosen: [Candidate], recorded: [Candidate] = []) {
        self.chosen = chosen
        self.recorded = recorded
    }

    /// For reports: `css "#add"`.
    var description: String {
        let shown = chosen.isEmpty ? Array(recorded.prefix(1)) : chosen
        return shown.map { "\($0.strategy.rawValue) \"\($0.value)\"" }.joined(separator: " or ")
    }
}
