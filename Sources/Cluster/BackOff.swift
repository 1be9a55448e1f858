import Base

/// The wait before a container that ended is started again: doubled with each end, up to a maximum.
public struct BackOff: Sendable, Equatable {
    public var initial: Duration
    public var maximum: Duration

    /// The kubelet's own figures.
    public init(initial: Duration = .seconds(10), maximum: Duration = .seconds(300)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// A container that has run so long is taken for well again.
    static let forgiveness = Duration.seconds(600)

    /// - Parameter ends: How often the container has ended before.
    public func delay(after ends: Int) -> Duration {
        // Beyond 30 doublings every delay is longer than any maximum.
        min(maximum, initial * (1 << min(ends, 30)))
    }
}
