/// The time that a query asks about, and how finely it is cut. Seconds since the Unix epoch.
public struct QueryWindow: Sendable, Equatable {
    public var from: Int64
    public var to: Int64

    public init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }

    /// Intervals that answers have by themselves. Datadog's table names 20 s for an hour, 60 s for four, 300 s for a day, 600 s for two
    /// and an hour for a week; below and above the same steps go on.
    private static let intervals: [Int64] = [10, 20, 60, 300, 600, 3_600, 14_400, 86_400, 604_800]
    private static let pointLimit: Int64 = 350

    /// The shortest interval with which a window has no more than 350 points.
    public var interval: Int64 {
        Self.intervals.first { (to - from) / $0 <= Self.pointLimit } ?? ((to - from) / Self.pointLimit).rounded(upTo: 604_800)
    }

    func shifted(by seconds: Int64) -> QueryWindow { QueryWindow(from: from &+ seconds, to: to &+ seconds) }

    /// Starts of the intervals: multiples of the length, from the first one that is not before `from` to the last one not after `to`.
    func starts(every interval: Int64) -> [Int64] {
        let first = from.rounded(upTo: interval)
        return first > to ? [] : Array(stride(from: first, through: to, by: Int64.Stride(interval)))
    }
}

extension Int64 {
    func rounded(downTo step: Int64) -> Int64 { self - (self % step + step) % step }
    func rounded(upTo step: Int64) -> Int64 { (self &+ step &- 1).rounded(downTo: step) }
}
