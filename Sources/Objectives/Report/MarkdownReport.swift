import Base

/// The format `markdown` of `reliably slo report`.
enum MarkdownReport {
    static func text(_ report: ObjectiveReport) -> String {
        var lines = ["# Reliably SLO Report", "", "How the objectives of these services fare.", "", "Report time: \(report.time.httpDate)", ""]
        for (index, service) in report.services.enumerated() {
            lines += ["## Service #\(index + 1): \(escaped(service.name))", ""]
            lines += ["|  | Name | Current | Objective | Time Window | Type | Trend |", "|---|---|---|---|---|---|---|"]
            lines += service.results.map(row)
            lines += ["", "The Error Budget metrics are:", "", "| Type | Name | ErrorBudget(%) | [Time Window] | Downtime | Consumed | Remain |", "|---|---|---|---|---|---|---|"]
            lines += service.results.map(budgetRow)
            let meanings = service.results.compactMap(\.meaning)
            if !meanings.isEmpty { lines += [""] + meanings.map { "- \(escaped($0))" } }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ result: ObjectiveResult) -> String {
        let objective = result.objective
        let cells = [
            result.isMet.map { $0 ? "✅" : "❌" } ?? "❔", escaped(objective.name), result.measurement.goodPercent.map(Numbers.percent) ?? "---",
            "\(Numbers.plain(objective.targetPercent))%", WindowText.short(objective.window), objective.category.rawValue.capitalizedFirst,
            result.trend.map { $0 ? "✓" : "✕" }.joined(separator: " "),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func budgetRow(_ result: ObjectiveResult) -> String {
        let objective = result.objective
        let budget = result.budget
        let allowed = ErrorBudget(targetPercent: objective.targetPercent, errorRatio: 0, window: objective.window)
        let cells = [
            objective.category.rawValue.capitalizedFirst, escaped(objective.name), Numbers.plain(allowed.allowed * 100), WindowText.short(objective.window),
            WindowText.go(allowed.allowedDowntime), budget.map { WindowText.go($0.consumedDowntime) } ?? "---",
            budget.map { Numbers.percent($0.remaining * 100) } ?? "---",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// A bar would end the cell.
    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }
}
