/// The format `text` of `reliably slo report`.
struct TextReport {
    private let paint: Paint

    init(usesColour: Bool) { paint = Paint(isOn: usesColour) }

    func text(_ report: ObjectiveReport) -> String {
        let parts = report.services.enumerated().map { index, service in
            ([paint("Service #\(index + 1): \(service.name)", "33")] + service.results.flatMap(lines)).joined(separator: "\n")
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func lines(_ result: ObjectiveResult) -> [String] {
        let objective = result.objective
        let facts = "objective: \(Numbers.plain(objective.targetPercent))% / \(WindowText.short(objective.window))"
        let type = "type: \(objective.category.rawValue.capitalizedFirst)"
        guard let percent = result.measurement.goodPercent, let delta = result.delta else {
            return ["\(paint("?", "33")) \(objective.name): --- [\(facts), \(type)]", "  \(result.measurement.reason ?? "no data")"]
        }
        let mark = result.isMet == true ? paint("✓", "32") : paint("✕", "31")
        return ["\(mark) \(objective.name): \(Numbers.percent(percent)) [\(facts), delta: \(Numbers.percent(delta)), \(type)]"]
            + [result.meaning].compactMap { $0.map { "  \($0)" } }
            + result.firing.map { "  alert \($0.name): burning faster than \(Numbers.plain($0.factor)) times the budget over \(WindowText.short($0.long))" }
    }
}
