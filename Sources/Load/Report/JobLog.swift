/// What a load generator prints that runs as a job in the shop's cluster: Locust's tables, now and then and at the end.
public struct JobLog: Sendable {
    /// Of Locust, which prints every two seconds: its lines are not to be the most of all.
    private static let secondsBetween = 10

    private var seconds = 0

    public init() {}

    /// To be called every second.
    ///
    /// - Returns: What is to be printed now; mostly nothing.
    public mutating func second(_ run: RunStatistics) -> [String] {
        seconds += 1
        return seconds % Self.secondsBetween == 0 ? LocustReport(run).progressLines : []
    }

    public func end(_ run: RunStatistics) -> [String] { LocustReport(run).lines.filter { !$0.isEmpty } }
}
