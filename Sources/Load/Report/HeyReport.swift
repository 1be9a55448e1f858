import Base

/// The summary that hey prints (rakyll/hey `requester/print.go` and `report.go`): same lines, same rounding, same odd percentiles.
public struct HeyReport {
    private let run: RunStatistics
    private let total: EntryStatistics

    public init(_ run: RunStatistics) {
        self.run = run
        total = run.total
    }

    public var text: String {
        """

        Summary:
          Total:\t\(number(run.seconds)) secs
          Slowest:\t\(number(total.latency.greatest)) secs
          Fastest:\t\(number(total.latency.least)) secs
          Average:\t\(number(average(total.latency.total))) secs
          Requests/sec:\t\(number(run.seconds > 0 ? Double(total.requests) / run.seconds : 0))
          \(sizes)

        Response time histogram:
        \(histogram)

        Latency distribution:\(latencies)

        Details (average, fastest, slowest):\(details)

        Status code distribution:\(statuses)

        \(errors)


        """
    }

    // MARK: Numbers

    /// `%4.4f`
    private func number(_ number: Double) -> String { NumberText.right(NumberText.fixed(number, 4), 4) }
    private func number(_ length: Duration) -> String { number(Self.seconds(length.nanoseconds)) }
    private static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }

    /// Not a number without answers, as in Go.
    private func average(_ sum: Duration) -> Double { total.latency.isEmpty ? .nan : Self.seconds(sum.nanoseconds) / Double(total.latency.count) }

    private var sizes: String {
        guard total.announcedBytes > 0 else { return "" }
        return "\n  Total data:\t\(total.announcedBytes) bytes\n  Size/request:\t\(total.announcedBytes / max(1, total.latency.count)) bytes"
    }

    // MARK: Histogram

    private static let marks = 10
    private static let barWidth = 40

    /// Eleven marks from the fastest to the slowest; each answer is counted at the first mark that it does not exceed.
    private var histogram: String {
        guard !total.latency.isEmpty else { return "" }
        let fastest = Self.seconds(total.latency.least.nanoseconds)
        let slowest = Self.seconds(total.latency.greatest.nanoseconds)
        let step = (slowest - fastest) / Double(Self.marks)
        let marks = (0..<Self.marks).map { fastest + step * Double($0) } + [slowest]
        var counts = [Int](repeating: 0, count: marks.count)
        var mark = 0
        total.latency.forEachAscending { nanoseconds, count in
            while mark < Self.marks, Self.seconds(nanoseconds) > marks[mark] { mark += 1 }
            counts[mark] += count
            return true
        }
        let most = counts.max() ?? 0
        return zip(marks, counts).map { mark, count in
            let bar = String(repeating: "■", count: (count * Self.barWidth + most / 2) / most)
            return "  \(NumberText.fixed(mark, 3)) [\(count)]\t|\(bar)\n"
        }.joined()
    }

    // MARK: Latencies

    private static let percents = [10, 25, 50, 75, 90, 95, 99]

    /// A percentage that no answer reaches, as 99 with fewer than 100 answers, is told as zero.
    private var latencies: String {
        let count = total.latency.count
        guard count > 0 else { return "" }
        var index = -1
        var wanted: [(percent: Int, index: Int)] = []
        for percent in Self.percents {
            index = max(index + 1, (percent * count + 99) / 100)
            if index < count { wanted.append((percent, index)) }
        }
        var found = values(at: wanted.map(\.index))
        while found.count < Self.percents.count { found.append(0) }
        return zip(Self.percents, found).map { percent, nanoseconds in
            "\n  \(nanoseconds > 0 ? percent : 0)% in \(number(Self.seconds(nanoseconds))) secs"
        }.joined()
    }

    /// The values at ascending places of the sorted latencies.
    private func values(at places: [Int]) -> [Int64] {
        var found: [Int64] = []
        var seen = 0
        total.latency.forEachAscending { nanoseconds, count in
            seen += count
            while found.count < places.count, places[found.count] < seen { found.append(nanoseconds) }
            return found.count < places.count
        }
        return found
    }

    // MARK: Details

    private var details: String {
        PhaseStatistics.Phase.allCases.map { phase in
            let part = run.phases.parts[phase.rawValue]
            let isEmpty = run.phases.count == 0
            let average = isEmpty ? Double.nan : Double(part.sum) / Double(run.phases.count) / 1e6
            let (least, greatest) = isEmpty ? (0, 0) : (Double(part.least) / 1e6, Double(part.greatest) / 1e6)
            return "\n  \(phase.title):\t\(number(average)) secs, \(number(least)) secs, \(number(greatest)) secs"
        }.joined()
    }

    private var statuses: String { total.statuses.map { "\n  [\($0.status)]\t\($0.count) responses" }.joined() }

    private var errors: String {
        let rows = run.failures.rows.sorted { $0.reason < $1.reason }
        guard !rows.isEmpty else { return "" }
        return "Error distribution:" + rows.map { "\n  [\($0.occurrences)]\t\($0.reason)" }.joined()
    }
}
