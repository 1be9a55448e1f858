/// What one series did in one stretch of time.
public struct MetricPoint: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        /// How much was added.
        case count(Double)
        case gauge(Gauge)
        case distribution(Sketch)
    }

    /// A value that goes up and down, as it was seen at a number of moments.
    public struct Gauge: Sendable, Equatable {
        public var last: Double
        public var sum: Double
        public var samples: Int
        public var minimum: Double
        public var maximum: Double

        public init(_ value: Double) {
            (last, sum, samples, minimum, maximum) = (value, value, 1, value, value)
        }

        /// - Parameter later: What was seen after this.
        mutating func merge(_ later: Gauge) {
            last = later.last
            sum += later.sum
            samples += later.samples
            minimum = min(minimum, later.minimum)
            maximum = max(maximum, later.maximum)
        }
    }

    /// When the stretch begins, in seconds since the Unix epoch.
    public var start: Int64
    public var value: Value

    public init(start: Int64, value: Value) {
        self.start = start
        self.value = value
    }

    /// Adds what came later. Points of one series have one kind of value.
    public mutating func merge(_ later: MetricPoint) {
        switch (value, later.value) {
        case (.count(let own), .count(let other)): value = .count(own + other)
        case (.gauge(var own), .gauge(let other)):
            own.merge(other)
            value = .gauge(own)
        case (.distribution(var own), .distribution(let other)):
            own.merge(other)
            value = .distribution(own)
        default: preconditionFailure("points of different kinds cannot be merged; they belong to series with different names")
        }
    }

    /// Memory that the point takes, in units of about eight bytes.
    var cost: Int {
        if case .distribution(let sketch) = value { 14 + sketch.buckets.count } else { 8 }
    }
}
