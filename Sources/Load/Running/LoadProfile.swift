import Base

/// How much load, and for how long.
public struct LoadProfile: Sendable {
    public enum Model: Sendable {
        /// So many visitors, each waiting for his answers and thinking in between: the slower the answers, the fewer requests.
        case closed(users: Curve)
        /// So many tasks begin per second, whatever becomes of those before. New visitors come when all are busy, up to a limit; beyond it
        /// tasks begin late, and their time counts from when they should have begun.
        case open(rate: Curve, mostUsers: Int)
    }

    public var model: Model
    /// Nothing begins after it; nil goes on until stopped, or until every visitor has done all his tasks.
    public var duration: Duration?
    /// Tasks that each visitor of a closed model does.
    public var iterationsPerUser: Int?
    /// At least this long from one task's start to the next of the same visitor.
    public var userPeriod: Duration?
    /// How long requests under way are waited for at the end.
    public var patience: Duration
    /// Repeats what visitors choose.
    public var seed: UInt64

    public init(
        _ model: Model, duration: Duration? = nil, iterationsPerUser: Int? = nil, userPeriod: Duration? = nil, patience: Duration = .seconds(5),
        seed: UInt64 = 1
    ) {
        self.model = model
        self.duration = duration
        self.iterationsPerUser = iterationsPerUser
        self.userPeriod = userPeriod
        self.patience = patience
        self.seed = seed
    }
}
