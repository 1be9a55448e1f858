/// A series that a query has computed.
public struct SeriesResult: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        /// Start of the interval, in seconds since the Unix epoch.
        public var time: Int64
        public var value: Double

        public init(_ time: Int64, _ value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// The tags that the query groups by.
    public var tags: [SeriesTag]
    /// Ascending; intervals without a value are left out.
    public var points: [Point]

    public init(tags: [SeriesTag] = [], points: [Point]) {
        self.tags = tags
        self.points = points
    }

    func mapValues(_ change: (Double) -> Double?) -> SeriesResult {
        SeriesResult(tags: tags, points: points.compactMap { point in change(point.value).flatMap { $0.isFinite ? Point(point.time, $0) : nil } })
    }

    var valuesByTime: [Int64: Double] { Dictionary(points.map { ($0.time, $0.value) }, uniquingKeysWith: { first, _ in first }) }
}

/// What an expression has come to.
public struct SeriesResults: Sendable, Equatable {
    public var series: [SeriesResult]
    /// Length of the intervals in seconds.
    public var interval: Int64
    /// Counts: where there is no point, nothing was counted, and arithmetic takes it for zero.
    public var countsFromZero: Bool
    /// A number stands for a series with this value everywhere.
    var constant: Double?

    init(_ series: [SeriesResult], interval: Int64, countsFromZero: Bool = false, constant: Double? = nil) {
        self.series = series
        self.interval = interval
        self.countsFromZero = countsFromZero
        self.constant = constant
    }

    func map(_ change: (SeriesResult) -> SeriesResult) -> SeriesResults {
        var copy = self
        copy.series = series.map(change)
        return copy
    }
}
