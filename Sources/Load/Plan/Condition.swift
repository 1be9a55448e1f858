import Base

/// What `when` asks.
indirect enum Condition {
    /// Of the visitor's last answer; 0 before the first and after a request without one.
    case status(StatusSet)
    case isSet(Int)
    case equals(Int, SlotText)
    case contains(Int, SlotText)
    case not(Condition)
    case any([Condition])
    case all([Condition])

    func holds(status: Int, _ values: [Value?]) throws(MissingValue) -> Bool {
        switch self {
        case .status(let set): return set.contains(status)
        case .isSet(let slot): return values[slot].map { $0 != "" && !$0.isNull && $0 != .list([]) } ?? false
        case .equals(let slot, let text): return values[slot]?.text == (try text.text(values))
        case .contains(let slot, let text):
            let wanted = try text.text(values)
            if case .list(let elements)? = values[slot] { return elements.contains { $0.text == wanted } }
            return values[slot]?.text.contains(wanted) ?? false
        case .not(let condition): return !(try condition.holds(status: status, values))
        case .any(let list):
            for condition in list where try condition.holds(status: status, values) { return true }
            return false
        case .all(let list):
            for condition in list where !(try condition.holds(status: status, values)) { return false }
            return true
        }
    }
}
