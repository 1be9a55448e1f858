import Base

/// What a run of load has measured, on one loop or, merged, on all.
public struct RunStatistics: Sendable {
    public private(set) var entries: [EntryStatistics]
    public private(set) var failures = FailureTable()
    public internal(set) var started: Timestamp
    /// When the last request ended; nil before the first.
    public private(set) var lastEnd: Timestamp?
    /// Tasks that were done to their end.
    public private(set) var iterations = Histogram()
    /// Visitors now and at most.
    public internal(set) var users = 0 { didSet { mostUsers = max(mostUsers, users) } }
    public private(set) var mostUsers = 0
    /// Requests that had no answer yet when the run ended, with the time since the oldest of them should have left.
    public internal(set) var unfinished = 0
    public internal(set) var oldestUnfinished = Duration.zero
    /// Arrivals of an open model that found no visitor free until the end.
    public internal(set) var neverStarted = 0
    var phases = PhaseStatistics()
    var meters: [ThresholdMeter]

    init(entries: [EntryName], thresholds: [Threshold], started: Timestamp) {
        self.entries = entries.map { EntryStatistics(method: $0.method, name: $0.name) }
        self.started = started
        meters = ThresholdMeter.make(for: thresholds)
    }

    mutating func record(_ sample: Sample) {
        entries[sample.entry].record(sample)
        lastEnd = max(lastEnd ?? sample.end, sample.end)
        if sample.status > 0 { phases.record(sample.times) }
        if let reason = sample.failure {
            failures.record(entries[sample.entry], at: sample.entry, reason: reason, first: sample.end, last: sample.end)
        }
        guard !meters.isEmpty else { return }
        for index in meters.indices { meters[index].record(sample, entries[sample.entry]) }
    }

    mutating func recordIteration(_ length: Duration) {
        iterations.record(length)
        for index in meters.indices { meters[index].recordIteration(length) }
    }

    mutating func merge(_ other: RunStatistics) {
        for index in entries.indices { entries[index].merge(other.entries[index]) }
        for (row, entry) in other.failures.entries() {
            failures.record(entries[entry], at: entry, reason: row.reason, times: row.occurrences, first: row.firstSeen, last: row.lastSeen)
        }
        started = min(started, other.started)
        lastEnd = [lastEnd, other.lastEnd].compactMap { $0 }.max()
        iterations.merge(other.iterations)
        // Each loop has its own visitors.
        let most = mostUsers + other.mostUsers
        users += other.users
        mostUsers = most
        unfinished += other.unfinished
        oldestUnfinished = max(oldestUnfinished, other.oldestUnfinished)
        neverStarted += other.neverStarted
        phases.merge(other.phases)
        for index in meters.indices { meters[index].merge(other.meters[index]) }
    }

    /// All entries in one.
    public var total: EntryStatistics {
        var total = EntryStatistics(method: "", name: "Aggregated")
        for entry in entries { total.merge(entry) }
        return total
    }

    /// Entries that had requests, by name, then by method.
    public var sortedEntries: [EntryStatistics] {
        entries.filter { $0.requests > 0 }.sorted { ($0.name, $0.method) < ($1.name, $1.method) }
    }

    /// From the start to the end of the last request, in seconds; 0 before it.
    public var seconds: Double { lastEnd.map { Double(($0 - started).nanoseconds) / 1e9 } ?? 0 }

    public var requests: Int { entries.reduce(0) { $0 + $1.requests } }
    public var failureCount: Int { entries.reduce(0) { $0 + $1.failures } }
}

/// Under what requests are counted.
public struct EntryName: Sendable, Hashable {
    public var method: String
    public var name: String
}
