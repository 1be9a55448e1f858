import Base

/// Which traces X-Ray gets, decided at their first service by its rules, as X-Ray's SDKs decide with local rules.
///
/// Deterministic: the reservoir follows the shop's clock, the rate the trace's identifier. Other tracers decide for themselves.
public struct TraceSampling {
    public struct Decision: Sendable, Equatable {
        public var isSampled: Bool
        /// Empty when somebody before the shop decided.
        public var rule: String
    }

    /// A request as rules look at it.
    public struct Request {
        public var host: String
        public var method: String
        public var path: String

        public init(host: String, method: String, path: String) {
            self.host = host
            self.method = method
            self.path = path
        }
    }

    /// What one rule of one service has done.
    private final class Account {
        var second = Int64.min
        var used = 0
        let requests: Metrics.Counter
        let sampled: Metrics.Counter

        init(_ metrics: Metrics, service: String, rule: String) {
            let labels: LabelSet = ["service": service, "rule": rule]
            requests = metrics.counter("aws.xray.sampling.requests", help: "Requests that a sampling rule decided about.", labels: labels)
            sampled = metrics.counter("aws.xray.sampling.sampled", help: "Requests of these that X-Ray gets a trace of.", labels: labels)
        }
    }

    private let generationSize: Int
    private var recent: [TraceID: Decision] = [:]
    private var older: [TraceID: Decision] = [:]
    private var accounts: [String: Account] = [:]

    /// - Parameter limit: Decisions that are remembered at least.
    init(limit: Int) { generationSize = limit }

    /// Nil for traces about which nobody had to decide: X-Ray gets them.
    public func decision(of trace: TraceID) -> Decision? { recent[trace] ?? older[trace] }

    public func isSampled(_ trace: TraceID) -> Bool { decision(of: trace)?.isSampled ?? true }

    /// Completes the context of a request that enters a service with rules.
    ///
    /// - Parameter hasCaller: The request came with a context; its decision, where it has one, stands.
    public mutating func decide(
        _ context: inout TraceContext, hasCaller: Bool, _ request: @autoclosure () -> Request, service: String, rules: [XRaySamplingRule],
        at time: Timestamp, metrics: Metrics
    ) {
        var fields = context.amazon ?? AmazonFields()
        var rule = ""
        switch fields.decision {
        case .sampled, .unsampled: break
        case nil where hasCaller && context.priority != nil: fields.decision = context.isSampled ? .sampled : .unsampled
        case .asked, nil:
            let (isSampled, name) = apply(rules, to: request(), context.trace, service, time, metrics)
            fields.decision = isSampled ? .sampled : .unsampled
            rule = name
        }
        context.amazon = fields
        // Services inside of the trace hear the same again.
        if decision(of: context.trace) == nil { remember(Decision(isSampled: fields.decision == .sampled, rule: rule), context.trace) }
    }

    private mutating func remember(_ decision: Decision, _ trace: TraceID) {
        if recent.count >= generationSize {
            older = recent
            recent = [:]
        }
        recent[trace] = decision
    }

    private mutating func apply(
        _ rules: [XRaySamplingRule], to request: Request, _ trace: TraceID, _ service: String, _ time: Timestamp, _ metrics: Metrics
    ) -> (isSampled: Bool, rule: String) {
        guard let rule = rules.first(where: { $0.fits(host: request.host, method: request.method, path: request.path) }) else { return (true, "") }
        let account = account(service, rule.name, metrics)
        if account.second != time.seconds {
            account.second = time.seconds
            account.used = 0
        }
        let fromReservoir = account.used < rule.reservoir
        if fromReservoir { account.used += 1 }
        let isSampled = fromReservoir || Self.share(of: trace) < rule.rate
        metrics.add(to: account.requests)
        if isSampled { metrics.add(to: account.sampled) }
        return (isSampled, rule.name)
    }

    private mutating func account(_ service: String, _ rule: String, _ metrics: Metrics) -> Account {
        let key = service + "\n" + rule
        if let known = accounts[key] { return known }
        let new = Account(metrics, service: service, rule: rule)
        accounts[key] = new
        return new
    }

    /// From 0 to below 1, spread evenly whatever the identifiers are made of.
    private static func share(of trace: TraceID) -> Double {
        // SplitMix64's finalizer: neighbouring inputs give unrelated outputs.
        var x = trace.low ^ trace.high &* 0x9e37_79b9_7f4a_7c15
        x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((x ^ (x >> 31)) >> 11) * 0x1p-53
    }
}
