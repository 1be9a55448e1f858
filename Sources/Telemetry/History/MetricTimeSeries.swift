/// A metric with time: what each of its series did, stretch by stretch.
public struct MetricTimeSeries: Sendable {
    public enum Kind: String, Sendable { case count, gauge, distribution }

    public struct Series: Sendable {
        public var labels: LabelSet
        /// Ascending; stretches in which nothing happened are left out.
        public var points: [MetricPoint]

        public init(labels: LabelSet, points: [MetricPoint]) {
            self.labels = labels
            self.points = points
        }
    }

    public var name: String
    public var help: String
    /// UCUM, as in `MetricFamily`.
    public var unit: String
    public var kind: Kind
    /// Labels are unique.
    public var series: [Series]
    /// Length in seconds of the longest stretch that a point stands for; a shorter interval would show what is not known.
    public var stretch: Int64

    public init(name: String, help: String, unit: String, kind: Kind, series: [Series], stretch: Int64 = 10) {
        self.name = name
        self.help = help
        self.unit = unit
        self.kind = kind
        self.series = series
        self.stretch = stretch
    }
}
