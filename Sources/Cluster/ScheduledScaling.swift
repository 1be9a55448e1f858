import Base

/// A change of the number of pods at the same time of every period, as a cron job does it.
public struct ScheduledScaling: Sendable, Equatable {
    public var replicas: Int
    public var period: Duration
    /// From the beginning of each period; periods are counted from the Unix epoch.
    public var offset: Duration

    static let settings: [Setting] = [
        Setting("replicas", .integer(0...100), "Pods wanted from then on.", required: true),
        Setting("everySeconds", .number(1...31_622_400), "Length of the period; a day (86400) without it."),
        Setting("atSecond", .number(0...31_622_400), "Second of the period, which begins at midnight UTC when it is a day; 0 without it."),
    ]

    public init(replicas: Int, period: Duration, offset: Duration) {
        self.replicas = replicas
        self.period = period
        self.offset = offset
    }

    init(_ node: JSONNode) {
        self.init(replicas: node.integer("replicas") ?? 1, period: node.seconds("everySeconds") ?? .seconds(86_400), offset: node.seconds("atSecond") ?? .zero)
    }

    /// The first time after `time`.
    public func next(after time: Timestamp) -> Timestamp {
        let length = max(period.nanoseconds, 1)
        let since = time.nanoseconds - offset.nanoseconds
        return Timestamp(nanoseconds: (since / length + 1) * length + offset.nanoseconds)
    }
}
