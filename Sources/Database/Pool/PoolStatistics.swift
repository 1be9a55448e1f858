/// A pool as a metric sees it.
public struct PoolStatistics: Sendable, Equatable {
    public var limit: Int
    /// Includes what was leaked.
    public var inUse: Int
    /// Callers that wait now.
    public var waiting: Int
    /// Callers that had to wait so far, whether they got a connection or not.
    public var totalWaits: Int
    public var totalWaitTime: Duration
    /// Callers that gave up with `.poolExhausted`.
    public var timeouts: Int
}
