import Base

extension LoadProfile {
    /// As much load as a journey's file says.
    ///
    /// - Parameter duration: Instead of the journey's own.
    public init(_ standard: Journey.Standard, duration: Duration? = nil, patience: Duration = .seconds(5), seed: UInt64 = 1) {
        let users = Double(standard.users)
        let curve = standard.spawnRate.map { Curve(from: 0, stages: [(users, .nanoseconds(Int64(users / $0 * 1e9)))]) }
        self.init(.closed(users: curve ?? Curve(constant: users)), duration: duration ?? standard.duration, patience: patience, seed: seed)
    }
}
