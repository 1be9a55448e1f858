import Base

/// One way in which a pack does not do what it says.
public enum Finding: Sendable, Equatable, CustomStringConvertible {
    /// A check failed that must pass.
    case red(check: String, phase: Phase, reason: String)
    /// A check passed that must fail.
    case green(check: String, phase: Phase)
    /// A query found something that must find nothing.
    case evidence(query: String, phase: Phase, matches: Int)
    /// A query found nothing while the fault is on.
    case noEvidence(query: String)
    /// The proof names a check that the pack does not have.
    case unknownCheck(name: String, suggestion: String)
    case malformedQuery(query: String, message: String)
    /// Neither a check nor a query could tell that the fault is on.
    case noProof
    /// With the fault off again, something else runs than before.
    case notRestored
    /// A reset did not lead back to the shop as it was first.
    case notReset
    /// The fault could not be switched on or off, or the shop not opened.
    case refused(phase: Phase, message: String)
    case leak(Leak)

    public var description: String {
        switch self {
        case .red(let check, let phase, let reason): "\(phase.rawValue): \"\(check)\" failed: \(reason)"
        case .green(let check, let phase): "\(phase.rawValue): \"\(check)\" passed and must fail"
        case .evidence(let query, let phase, let matches): "\(phase.rawValue): \(matches) matches of: \(query)"
        case .noEvidence(let query): "broken: nothing matches: \(query)"
        case .unknownCheck(let name, let suggestion): "the proof names the check \"\(name)\", which the pack does not have\(suggestion)"
        case .malformedQuery(let query, let message): "not a query: \(query): \(message)"
        case .noProof: "the fault has no proof: neither checks that turn red nor evidence"
        case .notRestored: "recovered: wirings, versions, views or indexes are not as they were before"
        case .notReset: "reset: the shop is not as it was first"
        case .refused(let phase, let message): "\(phase.rawValue): \(message)"
        case .leak(let leak): "leak: \(leak)"
        }
    }
}
