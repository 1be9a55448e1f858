import Base

/// Measures what one or several thresholds ask about: one metric of the requests that have certain tags.
struct ThresholdMeter: Sendable {
    let metric: Threshold.Metric
    let tags: [Threshold.Tag]
    private let thresholds: [Threshold]
    private var trend = Histogram()
    private var count = 0
    private var failed = 0

    private init(_ thresholds: [Threshold]) {
        metric = thresholds[0].metric
        tags = thresholds[0].tags
        self.thresholds = thresholds
    }

    /// One for each metric with its tags, in the order of the thresholds.
    static func make(for thresholds: [Threshold]) -> [ThresholdMeter] {
        var seen: [String] = []
        for threshold in thresholds where !seen.contains(threshold.metricText) { seen.append(threshold.metricText) }
        return seen.map { text in ThresholdMeter(thresholds.filter { $0.metricText == text }) }
    }

    mutating func record(_ sample: Sample, _ entry: EntryStatistics) {
        guard tags.allSatisfy({ $0.fits(sample, entry) }) else { return }
        switch metric {
        case .requestDuration: trend.record(sample.latency)
        case .requestWaiting: trend.record(.microseconds(sample.times.length(of: .wait)))
        case .requestBlocked: trend.record(.microseconds(sample.times.length(of: .dial)))
        case .requestReceiving: trend.record(.microseconds(sample.times.length(of: .read)))
        case .requestFailed:
            count += 1
            if sample.failure != nil { failed += 1 }
        case .requests: count += 1
        case .dataReceived: count += sample.bodyBytes
        case .iterations, .iterationDuration, .users, .mostUsers: break
        }
    }

    mutating func recordIteration(_ length: Duration) {
        switch metric {
        case .iterations: count += 1
        case .iterationDuration: trend.record(length)
        default: break
        }
    }

    mutating func merge(_ other: ThresholdMeter) {
        trend.merge(other.trend)
        count += other.count
        failed += other.failed
    }

    /// What the thresholds ask about, in their order.
    func results(_ run: RunStatistics) -> [ThresholdResult] {
        thresholds.map { threshold in
            let value = value(threshold.aggregation, run)
            return ThresholdResult(threshold: threshold, value: value, passed: threshold.holds(value), failed: failed, count: count)
        }
    }

    private func value(_ aggregation: Threshold.Aggregation, _ run: RunStatistics) -> Double {
        switch aggregation {
        case .average: Self.milliseconds(trend.mean)
        case .least: Self.milliseconds(trend.least)
        case .greatest: Self.milliseconds(trend.greatest)
        case .median: Self.milliseconds(trend.quantile(0.5))
        case .percentile(let percent): Self.milliseconds(trend.quantile(percent / 100))
        case .count: Double(count)
        case .rate where metric.kind == .rate: count == 0 ? 0 : Double(failed) / Double(count)
        case .rate: run.seconds > 0 ? Double(count) / run.seconds : 0
        case .value: Double(metric == .users ? run.users : run.mostUsers)
        }
    }

    private static func milliseconds(_ length: Duration) -> Double { Double(length.nanoseconds) / 1e6 }
}

extension Threshold.Tag {
    fileprivate func fits(_ sample: Sample, _ entry: EntryStatistics) -> Bool {
        switch name {
        case "name": entry.name == value
        case "method": entry.method == value
        case "status": String(sample.status) == value
        default: (sample.failure == nil ? "true" : "false") == value
        }
    }
}

/// Whether a threshold held.
public struct ThresholdResult: Sendable {
    public var threshold: Threshold
    public var value: Double
    public var passed: Bool
    /// Of a rate: how many failed, out of how many.
    var failed: Int
    var count: Int
}

extension RunStatistics {
    /// Results of all thresholds; those of one metric stand together.
    public var thresholdResults: [ThresholdResult] { meters.flatMap { $0.results(self) } }
}
