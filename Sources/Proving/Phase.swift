/// When something was seen: the parts of a fault's proof in their order, and the one part of a state's.
public enum Phase: String, Sendable, CaseIterable {
    /// Before the fault is on.
    case healthy
    /// While it is on.
    case broken
    /// After it was switched off.
    case recovered
    /// After a reset.
    case reset
    /// As a state opens the shop.
    case opened
    /// While it is on with another one.
    case together
}
