import Base

/// Prometheus recording and alerting rules for objectives, named and labelled as Sloth's (slok/sloth, internal/prometheus).
public enum PrometheusRules {
    static let windows: [Duration] = [.seconds(300), .seconds(1_800), .seconds(3_600), .seconds(7_200), .seconds(21_600), .seconds(86_400), .seconds(259_200)]

    /// One YAML document with groups; objectives without PromQL are left out.
    public static func text(_ objectives: [Objective]) -> String {
        let groups = objectives.flatMap { objective -> [Value] in
            guard case .prometheus(let ratio) = objective.indicator else { return [] }
            return self.groups(objective, ratio)
        }
        return YAMLWriter.text([.object(["groups": .list(groups)])])
    }

    /// Names of objectives that give no rules.
    public static func leftOut(_ objectives: [Objective]) -> [String] {
        objectives.filter { if case .prometheus = $0.indicator { false } else { true } }.map(\.name)
    }

    private static func groups(_ objective: Objective, _ ratio: PrometheusRatio) -> [Value] {
        let name = identifier(objective.name)
        let service = identifier(objective.service)
        let id = "\(service)-\(name)"
        let labels = Value.object(["sloth_id": .string(id), "sloth_service": .string(service), "sloth_slo": .string(name)])
        let selector = "{sloth_id=\"\(id)\", sloth_service=\"\(service)\", sloth_slo=\"\(name)\"}"
        let days = Double(objective.window.nanoseconds) / 86_400e9
        return [
            .object(["name": .string("sloth-slo-sli-recordings-\(id)"), "rules": .list(recordings(objective, ratio, labels, selector))]),
            .object(["name": .string("sloth-slo-meta-recordings-\(id)"), "rules": .list(metadata(objective, days, labels, selector))]),
            .object(["name": .string("sloth-slo-alerts-\(id)"), "rules": .list(alerts(objective, id, labels))]),
        ]
    }

    private static func with(_ labels: Value, _ more: [(String, Value)]) -> Value {
        guard let fields = labels.fields else { return labels }
        return .record(Record(Array(zip(fields.layout.names, fields.values)) + more))
    }

    private static func rule(_ kind: String, _ name: String, _ expression: String, _ labels: Value, _ more: [(String, Value)] = []) -> Value {
        .record(Record([(kind, .string(name)), ("expr", .string(expression)), ("labels", labels)] + more))
    }

    private static func recordings(_ objective: Objective, _ ratio: PrometheusRatio, _ labels: Value, _ selector: String) -> [Value] {
        var rules = windows.map { window in
            let range = WindowText.prometheus(window)
            return rule("record", "slo:sli_error:ratio_rate\(range)", errorRatio(ratio, range), with(labels, [("sloth_window", .string(range))]))
        }
        if !windows.contains(objective.window) {
            let range = WindowText.prometheus(objective.window)
            // From the short windows' recordings: a range of days over raw series would be slow.
            let source = "slo:sli_error:ratio_rate5m\(selector)"
            rules.append(
                rule(
                    "record", "slo:sli_error:ratio_rate\(range)", "sum_over_time(\(source)[\(range)]) / ignoring (sloth_window) count_over_time(\(source)[\(range)])",
                    with(labels, [("sloth_window", .string(range))])))
        }
        return rules
    }

    static func errorRatio(_ ratio: PrometheusRatio, _ range: String) -> String {
        let total = rate(ratio.total, ratio, range)
        if let bad = ratio.bad { return "(\(rate(bad, ratio, range))) / (\(total))" }
        return "1 - ((\(rate(ratio.good ?? "", ratio, range))) / (\(total)))"
    }

    private static func rate(_ query: String, _ ratio: PrometheusRatio, _ range: String) -> String {
        filled(query, range) ?? "\(ratio.isCounter ? "rate" : "sum_over_time")((\(query))[\(range):])"
    }

    /// A query with its `{{.window}}` places filled in; nil when it has none.
    static func filled(_ query: String, _ range: String) -> String? {
        let places = ["{{.window}}", "{{ .window }}"]
        guard places.contains(where: { query.contains($0) }) else { return nil }
        return places.reduce(query) { $0.replacing($1, with: range) }
    }

    private static func metadata(_ objective: Objective, _ days: Double, _ labels: Value, _ selector: String) -> [Value] {
        let target = Numbers.fixed(objective.targetPercent / 100, decimals: 6)
        let range = WindowText.prometheus(objective.window)
        let on = "on(sloth_id, sloth_slo, sloth_service) group_left"
        return [
            rule("record", "slo:objective:ratio", "vector(\(target))", labels), rule("record", "slo:error_budget:ratio", "vector(1-\(target))", labels),
            rule("record", "slo:time_period:days", "vector(\(Numbers.fixed(days, decimals: 4)))", labels),
            rule("record", "slo:current_burn_rate:ratio", "slo:sli_error:ratio_rate5m\(selector) / \(on) slo:error_budget:ratio\(selector)", labels),
            rule("record", "slo:period_burn_rate:ratio", "slo:sli_error:ratio_rate\(range)\(selector) / \(on) slo:error_budget:ratio\(selector)", labels),
            rule("record", "slo:period_error_budget_remaining:ratio", "1 - slo:period_burn_rate:ratio\(selector)", labels),
            rule("record", "sloth_slo_info", "vector(1)", with(labels, [("sloth_objective", .string(Numbers.plain(objective.targetPercent)))])),
        ]
    }

    private static func alerts(_ objective: Objective, _ id: String, _ labels: Value) -> [Value] {
        let budget = "(\(Numbers.fixed(1 - objective.targetPercent / 100, decimals: 6)))"
        return ["page", "ticket"].map { severity in
            let parts = BurnRateAlert.standard.filter { $0.severity == severity }.map { alert in
                [alert.short, alert.long].map { window in
                    "(max(slo:sli_error:ratio_rate\(WindowText.prometheus(window)){sloth_id=\"\(id)\"} > (\(Numbers.plain(alert.factor)) * \(budget))) without (sloth_window))"
                }.joined(separator: " and ")
            }
            return rule(
                "alert", "\(identifier(objective.name).split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined())ErrorBudgetBurn",
                parts.map { "(\($0))" }.joined(separator: " or "), with(labels, [("sloth_severity", .string(severity))]),
                [
                    (
                        "annotations",
                        .object([
                            "title": .string("(\(severity)) \(objective.service) \(objective.name) SLO error budget burn rate is too fast."),
                            "summary": .string("The error budget of \"\(objective.name)\" burns faster than its window of \(WindowText.short(objective.window)) allows."),
                        ])
                    )
                ])
        }
    }

    /// RFC 1123 label: lower-case letters, digits and single hyphens.
    private static func identifier(_ text: String) -> String {
        var out = ""
        for scalar in text.lowercased().unicodeScalars {
            if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) { out.unicodeScalars.append(scalar) } else if !out.hasSuffix("-"), !out.isEmpty { out += "-" }
        }
        return out.hasSuffix("-") ? String(out.dropLast()) : out.isEmpty ? "objective" : out
    }
}
