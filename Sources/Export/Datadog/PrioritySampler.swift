import Base

/// Decides which traces are marked to be kept, with the rates that the agent asks for.
struct PrioritySampler {
    struct Decision: Equatable, Sendable {
        /// -1 and 0 drop, 1 and 2 keep.
        var priority: Int
        /// The agent's rate that led to it; nil when nobody gave one.
        var rate: Double?

        /// Datadog's number for who decided: 0 nobody, 1 the agent's rate.
        var mechanism: Int { rate == nil ? 0 : 1 }
    }

    /// `service:NAME,env:NAME`, and `service:,env:` for the rest.
    private var rates: [String: Double] = [:]

    /// Takes over the member `rate_by_service` of an agent's answer. An answer without it leaves the rates as they are.
    mutating func update(from answer: [UInt8]) {
        guard !answer.isEmpty, let members = (try? Value.parse(json: answer))?["rate_by_service"]?.fields else { return }
        var rates: [String: Double] = [:]
        for (key, value) in zip(members.layout.names, members.values) {
            if let rate = value.number, (0...1).contains(rate) { rates[key] = rate }
        }
        self.rates = rates
    }

    func decide(_ trace: UInt64, service: String, environment: String) -> Decision {
        guard !rates.isEmpty, let rate = rates["service:\(service),env:\(environment)"] ?? rates["service:,env:"] else { return Decision(priority: 1, rate: nil) }
        return Decision(priority: Self.isKept(trace, rate: rate) ? 1 : 0, rate: rate)
    }

    /// Knuth's multiplicative hash with the factor that all of Datadog's tracers use: they come to the same decision for the same trace.
    private static func isKept(_ trace: UInt64, rate: Double) -> Bool {
        if rate >= 1 { return true }
        return Double(trace &* 1_111_111_111_111_111_111) <= rate * 0x1p64
    }
}
