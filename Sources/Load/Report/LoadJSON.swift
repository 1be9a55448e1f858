import Base

/// Everything that a run has measured, as JSON. Times are in milliseconds.
public struct LoadJSON {
    private let run: RunStatistics
    private let title: String

    public init(_ run: RunStatistics, title: String) {
        self.run = run
        self.title = title
    }

    public var value: Value {
        .object([
            "title": .string(title), "seconds": .double(run.seconds), "requests": .int(run.requests), "failures": .int(run.failureCount),
            "requestsPerSecond": .double(run.seconds > 0 ? Double(run.requests) / run.seconds : 0), "mostUsers": .int(run.mostUsers),
            "iterations": .int(run.iterations.count), "unfinished": .int(run.unfinished), "neverStarted": .int(run.neverStarted),
            "total": .record(Record(Self.members(run.total))),
            "entries": .list(
                run.sortedEntries.map { .record(Record([("name", .string($0.name)), ("method", .string($0.method))] + Self.members($0))) }),
            "errors": .list(
                run.failures.rows.map {
                    .object(["name": .string($0.name), "method": .string($0.method), "reason": .string($0.reason), "occurrences": .int($0.occurrences)])
                }),
            "thresholds": .list(
                run.thresholdResults.map {
                    .object([
                        "metric": .string($0.threshold.metricText), "threshold": .string($0.threshold.expression), "value": .double($0.value),
                        "passed": .bool($0.passed),
                    ])
                }),
        ])
    }

    private static let quantiles = [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)]

    private static func members(_ entry: EntryStatistics) -> [(String, Value)] {
        let latency = entry.latency
        func milliseconds(_ length: Duration) -> Value { .double(Double(length.nanoseconds / 1_000) / 1_000) }
        var times: [(String, Value)] = [("min", milliseconds(latency.least)), ("mean", milliseconds(latency.mean))]
        for (name, fraction) in quantiles { times.append((name, milliseconds(latency.quantile(fraction)))) }
        times.append(("max", milliseconds(latency.greatest)))
        return [
            ("requests", .int(entry.requests)), ("failures", .int(entry.failures)), ("unanswered", .int(entry.unanswered)),
            ("statuses", .record(Record(entry.statuses.map { (String($0.status), .int($0.count)) }))), ("bodyBytes", .int(entry.bodyBytes)),
            ("latencyMilliseconds", .record(Record(times))),
        ]
    }
}
