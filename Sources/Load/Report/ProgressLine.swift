import Base

/// One line about a run that goes on, for a terminal.
public struct ProgressLine {
    /// Requests and failures at the last line.
    private var last: (time: Timestamp, requests: Int)?

    public init() {}

    /// `12 s  100 users  523 req/s  12,345 requests  0 failures  p95 12.3 ms`
    public mutating func text(_ run: RunStatistics, now: Timestamp) -> String {
        let requests = run.requests
        let since = last ?? (run.started, 0)
        last = (now, requests)
        let seconds = Double((now - since.time).nanoseconds) / 1e9
        let rate = seconds > 0 ? Double(requests - since.requests) / seconds : 0
        let percentile = K6Text.duration(milliseconds: Double(run.total.latency.quantile(0.95).nanoseconds) / 1e6)
        return "\((now - run.started).components.seconds) s  \(run.users) users  \(NumberText.fixed(rate, rate < 100 ? 1 : 0)) req/s  "
            + "\(requests) requests  \(run.failureCount) failures  p95 \(percentile)"
    }
}
