import Base

/// Capacity that refills at a steady rate up to a limit: throttled tables, rate limits.
public struct TokenBucket: Sendable, Equatable {
    /// Tokens added each second.
    public var rate: Double
    /// Tokens held at most.
    public var capacity: Double
    private var tokens: Double
    private var updatedAt: Timestamp

    /// Starts full.
    public init(rate: Double, capacity: Double, at time: Timestamp) {
        self.rate = rate
        self.capacity = capacity
        tokens = capacity
        updatedAt = time
    }

    /// Takes tokens if there are enough.
    ///
    /// - Returns: False when the request must be throttled; nothing was taken then.
    public mutating func take(_ amount: Double, at time: Timestamp) -> Bool {
        tokens = min(capacity, tokens + Double(time.nanoseconds - updatedAt.nanoseconds) / 1e9 * rate)
        updatedAt = time
        guard tokens >= amount else { return false }
        tokens -= amount
        return true
    }
}
