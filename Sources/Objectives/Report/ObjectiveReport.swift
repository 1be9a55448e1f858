import Base

/// One objective and how it fares.
public struct ObjectiveResult: Sendable {
    public var objective: Objective
    public var measurement: Measurement
    public var firing: [BurnRateAlert]
    /// The newest last.
    public var trend: [Bool]

    init(objective: Objective, measurement: Measurement, firing: [BurnRateAlert], trend: some Sequence<Bool>) {
        self.objective = objective
        self.measurement = measurement
        self.firing = firing
        self.trend = Array(trend)
    }

    /// Nil without data.
    public var isMet: Bool? { measurement.goodPercent.map { $0 >= objective.targetPercent } }
    /// Percentage points above the target.
    public var delta: Double? { measurement.goodPercent.map { $0 - objective.targetPercent } }

    public var budget: ErrorBudget? {
        measurement.goodPercent.map { ErrorBudget(targetPercent: objective.targetPercent, errorRatio: 1 - $0 / 100, window: objective.window) }
    }

    /// What the budget means, in one sentence: events, and money where the objective says what an event is worth. Nil when unknown.
    public var meaning: String? {
        guard let good = measurement.good, let total = measurement.total, total > 0 else { return nil }
        let (events, allowed, bad) = (objective.stake?.events ?? "requests", total * (1 - objective.targetPercent / 100), max(0, total - good))
        let fate = bad > allowed ? "\(Numbers.count(bad - allowed)) more than allowed" : "\(Numbers.count(allowed - bad)) are left"
        var sentence = "Of \(Numbers.count(total)) \(events) in \(WindowText.short(objective.window)) the budget allows \(Numbers.count(allowed)) to fail; \(Numbers.count(bad)) did, \(fate)"
        if let stake = objective.stake {
            sentence += ": \(Numbers.money(bad * stake.value)) \(stake.currency) lost of \(Numbers.money(allowed * stake.value)) \(stake.currency) at stake"
        }
        return sentence + "."
    }
}

/// All objectives at one moment.
public struct ObjectiveReport: Sendable {
    public var time: Timestamp
    public var results: [ObjectiveResult]

    /// In the order in which services first appear.
    var services: [(name: String, results: [ObjectiveResult])] {
        var order: [String] = []
        var byService: [String: [ObjectiveResult]] = [:]
        for result in results {
            if byService[result.objective.service] == nil { order.append(result.objective.service) }
            byService[result.objective.service, default: []].append(result)
        }
        return order.map { ($0, byService[$0]!) }
    }

    /// False when an objective is missed or could not be measured.
    public var isMet: Bool { results.allSatisfy { $0.isMet == true } }
}

/// Numbers as reports write them.
enum Numbers {
    /// Two decimals: `77.46`.
    static func fixed(_ number: Double, decimals: Int = 2) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard number.isFinite, abs(number) < 1e12 else { return number < 0 ? "-∞" : "∞" }
        let scaled = Int64((number * scale).rounded())
        if decimals == 0 { return String(scaled) }
        let fraction = String(scaled.magnitude % UInt64(scale))
        return (scaled < 0 ? "-" : "") + String(scaled.magnitude / UInt64(scale)) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    static func percent(_ number: Double) -> String { fixed(number) + "%" }
    /// Without needless decimals: `99`, `99.9`.
    static func plain(_ number: Double) -> String {
        var text = fixed(number, decimals: 4)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    static func count(_ number: Double) -> String { grouped(fixed(number.rounded(), decimals: 0)) }
    static func money(_ number: Double) -> String {
        let parts = fixed(number).split(separator: ".")
        return parts.count == 2 ? grouped(String(parts[0])) + "." + parts[1] : fixed(number)
    }

    private static func grouped(_ digits: String) -> String {
        var out = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, out != "-" { out += "," }
            out.append(digit)
        }
        return out
    }
}
