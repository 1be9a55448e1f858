import Base

/// The arithmetic of budgets. Ratios are shares from 0 to 1.
public struct ErrorBudget: Sendable, Equatable {
    /// Share of events that may be bad: 1 − target.
    public var allowed: Double
    /// Share of events that were bad within the window.
    public var errorRatio: Double
    public var window: Duration

    public init(targetPercent: Double, errorRatio: Double, window: Duration) {
        allowed = max(0, 1 - targetPercent / 100)
        self.errorRatio = errorRatio
        self.window = window
    }

    /// How many times as fast as evenly the budget burns; infinite when nothing is allowed and something was bad.
    public var burnRate: Double {
        if allowed > 0 { return errorRatio / allowed }
        return errorRatio > 0 ? .infinity : 0
    }

    /// Share of the budget that is left; negative when more was bad than allowed.
    public var remaining: Double { 1 - burnRate }
    /// Time of complete failure that the window allows: budget × window.
    public var allowedDowntime: Duration { window * allowed }
    /// As much of it as the errors amount to.
    public var consumedDowntime: Duration { window * errorRatio }
    /// When the whole budget of a window will be gone at this rate: window ÷ burn rate. Nil while nothing burns.
    public var timeToExhaustion: Duration? { burnRate > 0 && burnRate.isFinite ? window / burnRate : nil }
}

extension Duration {
    static func * (duration: Duration, factor: Double) -> Duration { .nanoseconds(Int64(Double(duration.nanoseconds) * factor)) }
    static func / (duration: Duration, divisor: Double) -> Duration { duration * (1 / divisor) }
}
