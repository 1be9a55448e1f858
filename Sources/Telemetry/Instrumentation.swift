/// How much of itself a shop shows to learners.
public enum Instrumentation: String, Sendable, CaseIterable {
    /// Nothing at all: the first exercise is to switch something on.
    case none
    /// Logs, metrics and events, but no traces.
    case infrastructure = "no-apm"
    case full
}
