import Base

/// Tells newcomers who belong to a crowd from those who come one by one.
///
/// A token bucket: `single` newcomers may come at once, and the right to that comes back evenly within `recovery`.
struct CrowdGauge {
    static let single = 64
    static let recovery = Duration.milliseconds(100)

    private var left = Double(Self.single)
    private var updated: Timestamp?

    /// One more has come.
    mutating func isCrowd(at now: Timestamp) -> Bool {
        if let updated { left = min(Double(Self.single), left + (now - updated) / Self.recovery * Double(Self.single)) }
        updated = now
        guard left >= 1 else { return true }
        left -= 1
        return false
    }
}
