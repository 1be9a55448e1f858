/// The table of `reliably slo report`: a line for each objective, grouped by service.
struct TableReport {
    private let paint: Paint
    private let usesColour: Bool

    init(usesColour: Bool) {
        paint = Paint(isOn: usesColour)
        self.usesColour = usesColour
    }

    private static let headers = ["", "Current", "Objective", "/ Time Window", "Type", "Trend"]

    func text(_ report: ObjectiveReport) -> String {
        let services = report.services
        let rows = services.flatMap { $0.results.map(cells) }
        let titles = services.enumerated().map { "Service #\($0 + 1): \($1.name)" }
        // The first column is as wide as its widest cell; titles of services stand alone on their lines.
        let widths = Self.headers.indices.map { column in (rows.map { $0[column].plain.count } + [Self.headers[column].count]).max() ?? 0 }
        var lines = [line(Self.headers.map { Cell($0, paint($0, "1;35")) }, widths)]
        for (index, service) in services.enumerated() {
            if index > 0 { lines.append("") }
            lines.append("  " + titles[index])
            for result in service.results {
                lines.append(line(cells(result), widths))
                for alert in result.firing { lines.append("     " + paint("alert \(alert.name): burning faster than \(Numbers.plain(alert.factor)) times the budget over \(WindowText.short(alert.long))", "31")) }
                if let reason = result.measurement.reason { lines.append("     \(reason)") }
                if let meaning = result.meaning { lines.append("     \(meaning)") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Cell {
        var plain: String
        var painted: String
        init(_ plain: String, _ painted: String? = nil) {
            self.plain = plain
            self.painted = painted ?? plain
        }
    }

    private func cells(_ result: ObjectiveResult) -> [Cell] {
        let mark = result.isMet.map { $0 ? "✅" : "❌" } ?? "❔"
        let current = result.measurement.goodPercent.map(Numbers.percent) ?? "---"
        let trend = result.trend.map { $0 ? "✓" : "✕" }
        let paintedTrend = result.trend.map { $0 ? paint("✓", "32") : paint("✕", "31") }
        return [
            // The marks are two columns wide on a terminal.
            Cell("\(mark) \(result.objective.name) ", "\(mark) \(result.objective.name)"), Cell(current, paint(current, result.isMet == true ? "1;32" : "1;31")),
            Cell("\(Numbers.plain(result.objective.targetPercent))%"), Cell("/  \(WindowText.short(result.objective.window))"),
            Cell(result.objective.category.rawValue.capitalizedFirst), Cell(trend.joined(separator: " "), paintedTrend.joined(separator: " ")),
        ]
    }

    private func line(_ cells: [Cell], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).map { $0.painted + String(repeating: " ", count: max(0, $1 - $0.plain.count)) }
        var text = "  " + padded.joined(separator: "  ")
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
