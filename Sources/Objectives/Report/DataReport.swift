import Base

/// The formats `json` and `yaml` of `reliably slo report`, and what only we know in members of their own.
enum DataReport {
    static func value(_ report: ObjectiveReport) -> Value {
        .object([
            "api_version": "reliably.com/v1", "timestamp": .string(report.time.iso8601),
            "services": .list(
                report.services.map { service in
                    .object([
                        "name": .string(service.name), "dependencies": .list([]), "service_levels": .list(service.results.map { level($0, report.time) }),
                    ])
                }),
        ])
    }

    private static func level(_ result: ObjectiveResult, _ time: Timestamp) -> Value {
        func number(_ number: Double?) -> Value { number.map { $0.isFinite ? .double(($0 * 1e6).rounded() / 1e6) : .null } ?? .null }
        let start = Timestamp(nanoseconds: time.nanoseconds - result.objective.window.nanoseconds)
        let budget = result.budget
        var members: [(String, Value)] = [
            ("name", .string(result.objective.name)), ("type", .string(result.objective.category.rawValue)), ("objective", number(result.objective.targetPercent)),
            ("period", .string(WindowText.iso8601(result.objective.window))),
            (
                "result",
                .object([
                    "actual": number(result.measurement.goodPercent), "delta": number(result.delta), "slo_is_met": result.isMet.map { .bool($0) } ?? .null,
                ])
            ),
            ("window", .object(["from": .string(start.iso8601), "to": .string(time.iso8601)])),
            ("error_budget", .object(["allowed_percent": number(budget.map { $0.allowed * 100 }), "remaining_percent": number(budget.map { $0.remaining * 100 }), "burn_rate": number(budget?.burnRate)])),
            ("alerts", .list(result.firing.map { .object(["name": .string($0.name), "severity": .string($0.severity), "factor": number($0.factor)]) })),
        ]
        if let meaning = result.meaning { members.append(("meaning", .string(meaning))) }
        if let reason = result.measurement.reason { members.append(("reason", .string(reason))) }
        return .record(Record(members))
    }
}
