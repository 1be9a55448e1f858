import Base

/// Locust's CSV files (locustio/locust `locust/stats.py`, `StatsCSVFileWriter`), made from snapshots of a run, one every second.
public struct LocustCSV {
    /// False writes only the row of all requests into the history.
    private let writesAllEntries: Bool
    /// Counts of the last seconds by place of the entry, for current rates; the total comes last.
    private var recent: [[(requests: Int, failures: Int)]] = []
    private var recentTimes: [LocustTimes] = []

    /// Locust looks at the seconds from 12 to 2 before the last request.
    private static let window = 10
    private static let delay = 2

    public init(writesAllEntries: Bool = false) { self.writesAllEntries = writesAllEntries }

    private static let percentileColumns = LocustReport.percentileNames

    // MARK: Statistics

    static let statisticsColumns = [
        "Type", "Name", "Request Count", "Failure Count", "Median Response Time", "Average Response Time", "Min Response Time", "Max Response Time",
        "Average Content Size", "Requests/s", "Failures/s",
    ]

    /// `PREFIX_stats.csv`: written anew with every snapshot.
    public static func statistics(_ run: RunStatistics) -> String {
        let rows = (run.sortedEntries + [run.total]).map { entry -> [String] in
            let rate = { (count: Int) in run.seconds > 0 ? Double(count) / run.seconds : 0 }
            return [
                entry.method, entry.name, String(entry.requests), String(entry.failures), median(entry), decimal(entry.averageMilliseconds),
                decimal(entry.leastMilliseconds), decimal(entry.greatest), decimal(entry.averageBodyBytes), decimal(rate(entry.requests)), decimal(rate(entry.failures)),
            ] + percentiles(entry, entry.times)
        }
        return ([statisticsColumns + percentileColumns] + rows).map(line).joined()
    }

    // MARK: History

    static let historyColumns = (
        before: ["Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s"],
        after: [
            "Total Request Count", "Total Failure Count", "Total Median Response Time", "Total Average Response Time", "Total Min Response Time",
            "Total Max Response Time", "Total Average Content Size",
        ]
    )

    /// The first line of `PREFIX_stats_history.csv`.
    public static var historyHeader: String { line(historyColumns.before + percentileColumns + historyColumns.after) }

    /// The lines of one second for `PREFIX_stats_history.csv`.
    public mutating func history(_ run: RunStatistics, now: Timestamp) -> String {
        let total = run.total
        let all = run.entries + [total]
        recent.append(all.map { ($0.requests, $0.failures) })
        recentTimes.append(total.times)
        if recent.count > Self.window + Self.delay + 1 {
            recent.removeFirst()
            recentTimes.removeFirst()
        }
        let shown = writesAllEntries ? run.sortedEntries + [total] : [total]
        return shown.map { entry in
            let place = all.firstIndex { $0.name == entry.name && $0.method == entry.method }!
            // As Locust does: the row of all requests shows the last ten seconds when all rows are written, else the whole run.
            let isCurrent = writesAllEntries && entry.method.isEmpty && recentTimes.count > Self.window
            let times = isCurrent ? total.times.since(recentTimes[recentTimes.count - 1 - Self.window]) : entry.times
            return Self.line(
                [String(now.seconds), String(run.users), entry.method, entry.name, rate(place) { $0.requests }, rate(place) { $0.failures }]
                    + Self.percentiles(entry, times) + [
                        String(entry.requests), String(entry.failures), Self.median(entry), Self.decimal(entry.averageMilliseconds),
                        Self.decimal(entry.leastMilliseconds), Self.decimal(entry.greatest), Self.decimal(entry.averageBodyBytes),
                    ])
        }.joined()
    }

    /// Per second, over the window.
    private func rate(_ place: Int, _ count: ((requests: Int, failures: Int)) -> Int) -> String {
        let last = recent.count - 1 - Self.delay
        guard last > 0 else { return NumberText.fixed(0, 6) }
        let first = max(0, last - Self.window)
        return NumberText.fixed(Double(count(recent[last][place]) - count(recent[first][place])) / Double(last - first), 6)
    }

    // MARK: Failures and exceptions

    /// `PREFIX_failures.csv`: written anew with every snapshot.
    public static func failures(_ run: RunStatistics) -> String {
        let rows = run.failures.rows.map {
            [$0.method, $0.name, $0.reason, String($0.occurrences), time($0.firstSeen), time($0.lastSeen)]
        }
        return ([["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"]] + rows).map(line).joined()
    }

    /// `PREFIX_exceptions.csv`: a journey has no code that could raise any.
    public static var exceptions: String { line(["Count", "Message", "Traceback", "Nodes"]) }

    private static func time(_ time: Timestamp) -> String { time.formatted("%Y-%m-%dT%H:%M:%SZ") }

    // MARK: Cells

    private static func percentiles(_ entry: EntryStatistics, _ times: LocustTimes) -> [String] {
        entry.requests == 0 ? percentileColumns.map { _ in "N/A" } : LocustReport.percentiles.map { String(times.percentile($0)) }
    }

    /// A whole number, unless it is the exact least or greatest time.
    private static func median(_ entry: EntryStatistics) -> String {
        let median = entry.medianMilliseconds
        return median == median.rounded() ? String(Int(median)) : median.description
    }

    /// As Python writes a number: whole ones of counts without, others with a decimal point.
    private static func decimal(_ number: Double) -> String { number == 0 ? "0" : number.description }

    /// As Python's csv module writes a row: quotes where a cell needs them, and a line end of its own.
    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            cell.contains { ",\"\r\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
        }.joined(separator: ",") + "\r\n"
    }
}
