/// All series of one metric, as they are at one moment.
public struct MetricFamily: Sendable, Equatable {
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    public struct Point: Sendable, Equatable {
        public var labels: LabelSet
        public var value: Value
    }

    public enum Value: Sendable, Equatable {
        case number(Double)
        case distribution(Distribution)
    }

    /// OpenTelemetry's spelling, for example `http.server.request.duration`.
    public var name: String
    public var help: String
    /// UCUM unit: `s`, `By`, `{order}`, `1`, or empty.
    public var unit: String
    public var kind: Kind
    public var points: [Point]
}

/// The state of a histogram. Bucket `i` counts values in `(bounds[i - 1], bounds[i]]`; the last bucket has no upper bound.
public struct Distribution: Sendable, Equatable {
    /// Bounds in seconds that OpenTelemetry's semantic conventions give for HTTP durations.
    public static let durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

    public let bounds: [Double]
    public private(set) var buckets: [Int]
    public private(set) var sum = 0.0
    public private(set) var count = 0

    /// - Parameter bounds: Ascending upper bounds, without infinity.
    public init(bounds: [Double]) {
        self.bounds = bounds
        buckets = Array(repeating: 0, count: bounds.count + 1)
    }

    init(bounds: [Double], buckets: [Int], sum: Double, count: Int) {
        self.bounds = bounds
        self.buckets = buckets
        self.sum = sum
        self.count = count
    }

    public mutating func observe(_ value: Double) {
        var index = 0
        while index < bounds.count && value > bounds[index] { index += 1 }
        buckets[index] &+= 1
        sum += value
        count &+= 1
    }

    /// Adds the observations of a distribution with the same bounds.
    public mutating func merge(_ other: Distribution) {
        precondition(bounds == other.bounds, "only distributions with the same bounds can be merged")
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        sum += other.sum
        count += other.count
    }

    public var mean: Double? { count == 0 ? nil : sum / Double(count) }

    /// The value below which `share` (0...1) of the observations lie, interpolated inside its bucket as Prometheus'
    /// `histogram_quantile` does; the last finite bound for values beyond it. Nil without observations.
    public func quantile(_ share: Double) -> Double? {
        guard count > 0, let last = bounds.last else { return nil }
        let rank = share * Double(count)
        var below = 0
        for (index, bound) in bounds.enumerated() {
            let inside = buckets[index]
            if inside > 0, Double(below + inside) >= rank {
                let lower = index == 0 ? 0 : bounds[index - 1]
                return lower + (bound - lower) * max(0, rank - Double(below)) / Double(inside)
            }
            below += inside
        }
        return last
    }
}
