/// The parts of a fault's proof, in their order.
public enum Phase: String, Sendable, CaseIterable {
    /// Before the fault is on.
    case healthy
    /// While it is on.
    case broken
    /// After it was switched off.
    case recovered
    /// After a reset.
    case reset
}
