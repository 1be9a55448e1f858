import Base

/// Statistics of all requests of one name and method.
public struct EntryStatistics: Sendable {
    public let method: String
    public let name: String
    public private(set) var requests = 0
    public private(set) var failures = 0
    public private(set) var bodyBytes = 0
    /// Bytes that `Content-Length` fields announced.
    public private(set) var announcedBytes = 0
    /// From when the request should have left to the last byte of its answer; of requests that got one.
    public private(set) var latency = Histogram()
    /// Of all requests, failed ones as well.
    private(set) var times = LocustTimes()
    private(set) var least = Double.infinity
    private(set) var greatest = 0.0
    private var sum = 0.0
    /// By status code; empty before the first answer.
    private var statusCounts: [UInt32] = []

    init(method: String, name: String) {
        self.method = method
        self.name = name
    }

    /// Requests that got no answer.
    public var unanswered: Int { requests - latency.count }

    mutating func record(_ sample: Sample) {
        let milliseconds = Double((sample.end.nanoseconds - sample.start.nanoseconds)) / 1e6
        requests += 1
        if sample.failure != nil { failures += 1 }
        bodyBytes += sample.bodyBytes
        announcedBytes += sample.announcedBytes ?? 0
        least = min(least, milliseconds)
        greatest = max(greatest, milliseconds)
        sum += milliseconds
        times.record(milliseconds: milliseconds)
        guard sample.status > 0 else { return }
        latency.record(nanoseconds: sample.end.nanoseconds - sample.start.nanoseconds)
        if statusCounts.isEmpty { statusCounts = [UInt32](repeating: 0, count: Self.statusLimit) }
        statusCounts[min(sample.status, Self.statusLimit - 1)] += 1
    }

    private static let statusLimit = 1_000

    mutating func merge(_ other: EntryStatistics) {
        requests += other.requests
        failures += other.failures
        bodyBytes += other.bodyBytes
        announcedBytes += other.announcedBytes
        latency.merge(other.latency)
        times.merge(other.times)
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        sum += other.sum
        if statusCounts.isEmpty {
            statusCounts = other.statusCounts
        } else {
            for (status, number) in other.statusCounts.enumerated() { statusCounts[status] += number }
        }
    }

    /// Answers by status code, ascending.
    public var statuses: [(status: Int, count: Int)] {
        statusCounts.enumerated().filter { $0.element > 0 }.map { ($0.offset, Int($0.element)) }
    }

    // MARK: As Locust sees it, in milliseconds

    public var averageMilliseconds: Double { requests == 0 ? 0 : sum / Double(requests) }
    var leastMilliseconds: Double { requests == 0 ? 0 : least }
    var failureShare: Double { requests == 0 ? 0 : Double(failures) / Double(requests) }
    var averageBodyBytes: Double { requests == 0 ? 0 : Double(bodyBytes) / Double(requests) }

    /// Rounded times must not put the median outside of the exact least and greatest.
    var medianMilliseconds: Double { requests == 0 ? 0 : min(max(Double(times.percentile(0.5)), least), greatest) }
}
