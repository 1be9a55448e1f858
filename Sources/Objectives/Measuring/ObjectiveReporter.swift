import Base

/// Measures objectives and judges them.
public struct ObjectiveReporter: Sendable {
    private let datadog: DatadogSource?
    private let prometheus: PrometheusSource

    /// - Parameter datadog: Nil when there is nobody to ask Datadog queries.
    public init(datadog: DatadogSource?, prometheus: PrometheusSource) {
        self.datadog = datadog
        self.prometheus = prometheus
    }

    /// One after the other, in their order.
    public func report(_ objectives: [Objective], at time: Timestamp, history: ReportHistory) async -> ObjectiveReport {
        var results: [ObjectiveResult] = []
        for objective in objectives {
            let measurement = await measure(objective.indicator, objective.window, time)
            var firing: [BurnRateAlert] = []
            for alert in objective.alerts where await isFiring(alert, objective, time) { firing.append(alert) }
            var trend = history.trend(of: objective.key)
            if let percent = measurement.goodPercent { trend.append(percent >= objective.targetPercent) }
            results.append(ObjectiveResult(objective: objective, measurement: measurement, firing: firing, trend: trend.suffix(ReportHistory.length)))
        }
        return ObjectiveReport(time: time, results: results)
    }

    /// Both windows must burn faster than the factor: the long one so that it matters, the short one so that it still does.
    private func isFiring(_ alert: BurnRateAlert, _ objective: Objective, _ time: Timestamp) async -> Bool {
        for window in [alert.long, alert.short] {
            guard let percent = await measure(objective.indicator, window, time).goodPercent else { return false }
            let budget = ErrorBudget(targetPercent: objective.targetPercent, errorRatio: 1 - percent / 100, window: window)
            if budget.burnRate < alert.factor { return false }
        }
        return true
    }

    private func measure(_ indicator: Indicator, _ window: Duration, _ time: Timestamp) async -> Measurement {
        switch indicator {
        case .datadog:
            guard let datadog else { return .none("nobody can be asked Datadog queries: start a shop, or give --datadog URL") }
            return await datadog.measure(indicator, window: window, until: time)
        case .prometheus: return await prometheus.measure(indicator, window: window, until: time)
        case .unsupported(let reason): return .none(reason)
        }
    }
}

/// Whether the objectives of earlier reports were met, the oldest first.
public struct ReportHistory: Sendable, Equatable {
    /// Results kept of each objective.
    public static let length = 5
    private var met: [String: [Bool]]

    /// - Parameter json: What `json` gave earlier; anything else counts as no history.
    public init(json: [UInt8] = []) {
        met = [:]
        guard let fields = (try? Value.parse(json: json))?.fields else { return }
        for (key, value) in zip(fields.layout.names, fields.values) { met[key] = (value.elements ?? []).map(\.isTruthy) }
    }

    public var json: [UInt8] { Value.record(Record(met.sorted { $0.key < $1.key }.map { ($0.key, .list($0.value.map { .bool($0) })) })).jsonBytes(.pretty) }

    public func trend(of key: String) -> [Bool] { met[key] ?? [] }

    public mutating func add(_ report: ObjectiveReport) {
        for result in report.results { met[result.objective.key] = result.trend }
    }
}
