/// How good and all events are counted.
public enum Indicator: Sendable, Equatable {
    /// Two expressions of Datadog's metric query language.
    case datadog(numerator: String, denominator: String)
    /// PromQL. `good` or `bad` events, and all of them.
    case prometheus(PrometheusRatio)
    /// Another provider's selector, which cannot be measured here; says why.
    case unsupported(String)

    var looksLikeAvailability: Bool {
        switch self {
        case .datadog(let numerator, _): numerator.contains(".errors")
        case .prometheus(let ratio): (ratio.good ?? ratio.bad ?? "").contains("5..") || (ratio.bad ?? ratio.good ?? "").contains("error")
        case .unsupported: false
        }
    }
}

/// A ratio of two PromQL expressions.
public struct PrometheusRatio: Sendable, Equatable {
    /// Exactly one of `good` and `bad` is there.
    public var good: String?
    public var bad: String?
    public var total: String
    /// True when the expressions give counters, of which the increase matters; false for numbers of events per point.
    public var isCounter: Bool
    /// Of the Prometheus server that the manifest names.
    public var serverURL: String?

    public init(good: String? = nil, bad: String? = nil, total: String, isCounter: Bool, serverURL: String? = nil) {
        self.good = good
        self.bad = bad
        self.total = total
        self.isCounter = isCounter
        self.serverURL = serverURL
    }
}
