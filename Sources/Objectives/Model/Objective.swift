import Base

/// A promise about a service: which share of events must be good within a window of time.
public struct Objective: Sendable {
    public var name: String
    public var service: String
    public var indicator: Indicator
    /// Percent of good events, above 0 and at most 100.
    public var targetPercent: Double
    /// Rolling, ends now.
    public var window: Duration
    /// Identity in a Reliably manifest, in the file's order; empty for other formats.
    public var labels: [(name: String, value: String)] = []
    public var alerts: [BurnRateAlert] = []
    /// What one event is and what it is worth, for the sentence about money.
    public var stake: Stake?
    public var location: SourceLocation

    public enum Category: String, Sendable, CaseIterable { case availability, latency, custom }

    /// What the report's column "Type" says; the manifest's own category, else what the queries look like.
    public var category: Category {
        if let label = labels.first(where: { $0.name == "category" }).flatMap({ Category(rawValue: $0.value) }) { return label }
        return indicator.looksLikeAvailability ? .availability : .custom
    }

    /// Told apart from others of the same report and of reports before.
    public var key: String { "\(service)/\(name)" }
}

/// What one event of an indicator means to the business.
public struct Stake: Sendable, Equatable {
    /// Plural, for example "orders".
    public var events: String
    /// Of one event.
    public var value: Double
    /// ISO 4217, for example "USD".
    public var currency: String
}

/// Fires when the budget burns faster than `factor` times its even pace, over a long window and a short one at the end of it.
public struct BurnRateAlert: Sendable, Equatable {
    public var name: String
    public var severity: String
    public var factor: Double
    public var long: Duration
    public var short: Duration

    /// The four alerts of Google's SRE workbook for a period of 30 days: shares of the budget of 2, 5, 10 and 10 %.
    public static let standard = [
        BurnRateAlert(name: "page quick", severity: "page", factor: 14.4, long: .seconds(3_600), short: .seconds(300)),
        BurnRateAlert(name: "page slow", severity: "page", factor: 6, long: .seconds(6 * 3_600), short: .seconds(1_800)),
        BurnRateAlert(name: "ticket quick", severity: "ticket", factor: 3, long: .seconds(86_400), short: .seconds(2 * 3_600)),
        BurnRateAlert(name: "ticket slow", severity: "ticket", factor: 1, long: .seconds(3 * 86_400), short: .seconds(6 * 3_600)),
    ]
}
