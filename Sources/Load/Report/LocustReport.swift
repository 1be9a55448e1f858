/// The tables that Locust prints at the end of a run (locustio/locust `locust/stats.py`).
public struct LocustReport {
    private let run: RunStatistics
    private let total: EntryStatistics
    /// Space for names; Locust takes 80 when its output is no terminal.
    private let width: Int

    private static let typeWidth = 8
    static let percentiles = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1]
    static let percentileNames = ["50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%"]

    public init(_ run: RunStatistics, nameWidth: Int = 80) {
        self.run = run
        total = run.total
        width = nameWidth
    }

    public var text: String { lines.map { $0 + "\n" }.joined() }

    var lines: [String] { progressLines + [""] + percentileTable + [""] + failureTable }

    // MARK: Requests

    /// What Locust also prints while it runs.
    var progressLines: [String] {
        let nameWidth = width - Self.typeWidth + 4
        let head =
            NumberText.left("Type", Self.typeWidth) + " " + NumberText.left("Name", nameWidth) + " "
            + "\(NumberText.right("# reqs", 7)) \(NumberText.right("# fails", 12)) |\(NumberText.right("Avg", 7)) \(NumberText.right("Min", 7)) "
            + "\(NumberText.right("Max", 7))\(NumberText.right("Med", 7)) | \(NumberText.right("req/s", 7)) \(NumberText.right("failures/s", 11))"
        let separator = Self.dashes([Self.typeWidth, nameWidth, 7, 13, 7, 7, 7, 7, 8, 11])
        return [head, separator] + run.sortedEntries.map { row($0, nameWidth) } + [separator, row(total, nameWidth)]
    }

    private func row(_ entry: EntryStatistics, _ nameWidth: Int) -> String {
        let fails = "\(entry.failures)(\(NumberText.fixed(entry.failureShare * 100, 2))%)"
        let type = entry.method.isEmpty ? "" : entry.method + " "
        return NumberText.left(type, Self.typeWidth) + " " + NumberText.left(entry.name, nameWidth) + " "
            + NumberText.right(String(entry.requests), 7) + " " + NumberText.right(fails, 12) + " |"
            + NumberText.whole(entry.averageMilliseconds, 7) + " " + NumberText.whole(entry.leastMilliseconds, 7) + " "
            + NumberText.whole(entry.greatest, 7) + NumberText.whole(entry.medianMilliseconds, 7) + " | "
            + NumberText.right(NumberText.fixed(rate(entry.requests), 2), 7) + " " + NumberText.right(NumberText.fixed(rate(entry.failures), 2), 11)
    }

    private func rate(_ count: Int) -> Double { run.seconds > 0 ? Double(count) / run.seconds : 0 }

    private static func dashes(_ widths: [Int]) -> String { widths.map { String(repeating: "-", count: max(0, $0)) }.joined(separator: "|") }

    // MARK: Percentiles

    private var percentileTable: [String] {
        let head =
            NumberText.left("Type", Self.typeWidth) + " " + NumberText.left("Name", width) + " " + NumberText.right(Self.percentileNames[0], 8) + " "
            + (Self.percentileNames.dropFirst() + ["# reqs"]).map { NumberText.right($0, 6) }.joined(separator: " ")
        let separator = Self.dashes([Self.typeWidth, width, 8] + Self.percentiles.map { _ in 6 })
        var lines = ["Response time percentiles (approximated)", head, separator] + run.sortedEntries.map(percentileRow) + [separator]
        if total.requests > 0 { lines.append(percentileRow(total)) }
        return lines
    }

    private func percentileRow(_ entry: EntryStatistics) -> String {
        let times = Self.percentiles.map { entry.times.percentile($0) }
        return NumberText.left(entry.method, Self.typeWidth) + " " + NumberText.left(entry.name, width) + " " + NumberText.right(String(times[0]), 8) + " "
            + (times.dropFirst() + [entry.requests]).map { NumberText.right(String($0), 6) }.joined(separator: " ")
    }

    // MARK: Failures

    private var failureTable: [String] {
        guard !run.failures.rows.isEmpty else { return [] }
        let separator = Self.dashes([18, 80 + width - 19])
        let rows = run.failures.rows.map { row in
            NumberText.left(String(row.occurrences), 18) + " " + NumberText.left("\(row.method) \(row.name): \(row.reason)", 100)
        }
        return ["Error report", NumberText.left("# occurrences", 18) + " " + NumberText.left("Error", 100), separator] + rows + [separator, ""]
    }
}
