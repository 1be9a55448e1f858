/// A guided exercise: steps with what to type, what to see, and how to find out that it is done.
public struct Lab: Sendable, Equatable {
    /// What shows that a step is done.
    public struct Verification: Sendable, Equatable {
        /// Checks of the pack that must pass.
        public var checks: [String] = []
        /// Evidence queries that must find something.
        public var evidence: [String] = []
        /// Evidence queries that must find nothing.
        public var absent: [String] = []
        /// Evidence counts from so many seconds ago on; nil counts all that is known.
        public var withinSeconds: Int?
    }

    public struct Step: Sendable, Equatable {
        public var title = ""
        public var text = ""
        /// Lines for a shell.
        public var commands: [String] = []
        public var observe = ""
        public var verification: Verification?
    }

    /// The file's name.
    public var name: String
    public var title = ""
    public var description = ""
    /// In which the shop is at the beginning.
    public var state = ""
    public var steps: [Step] = []

    /// For people; `marked` sets titles off.
    public func text(marked: (String) -> String = { $0 }) -> String {
        var text = "\(marked(title))\n\(description)\nBegins in the state \"\(state)\".\n"
        for (index, step) in steps.enumerated() {
            text += "\n\(marked("\(index + 1). \(step.title)"))\n\(step.text)\n"
            if !step.commands.isEmpty { text += "\n" + step.commands.map { "  \($0)\n" }.joined() }
            if !step.observe.isEmpty { text += "\nObserve: \(step.observe)\n" }
            if step.verification != nil { text += "Done? shophost lab verify \(name) \(index + 1)\n" }
        }
        return text
    }

    /// The number of the last step that can be verified, which ends the lab; nil when none can.
    public var lastVerifiable: Int? { steps.lastIndex { $0.verification != nil }.map { $0 + 1 } }
}
