import Base

/// Tells newcomers who come one by one from those of a crowd: a token bucket.
///
/// `countAtOnce` newcomers may come at the same time; the right to that comes back evenly within `recovery`.
struct ArrivalGauge {
    static let countAtOnce = 64
    static let recovery = Duration.milliseconds(100)

    private var left = Double(Self.countAtOnce)
    private var updated: Timestamp?

    /// One more has come.
    mutating func isCrowd(at now: Timestamp) -> Bool {
        if let updated { left = min(Double(Self.countAtOnce), left + (now - updated) / Self.recovery * Double(Self.countAtOnce)) }
        updated = now
        guard left >= 1 else { return true }
        left -= 1
        return false
    }
}
