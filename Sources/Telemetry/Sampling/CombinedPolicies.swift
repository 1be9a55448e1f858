import Base

/// `and`: every one of its policies wants the trace.
struct AndPolicy: SamplingPolicy {
    static let type = "and"
    private var policies: [NamedPolicy]

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["and_sub_policy"])
        policies = NamedPolicy.list("and_sub_policy", in: node, pointer: pointer, reporting: diagnostics)
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        policies.allHold(for: trace, at: time) ? .sampled : .notSampled
    }
}

/// `drop`: a trace that every one of its policies wants is not kept, whatever others say.
struct DropPolicy: SamplingPolicy {
    static let type = "drop"
    private var policies: [NamedPolicy]

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["drop_sub_policy"])
        policies = NamedPolicy.list("drop_sub_policy", in: node, pointer: pointer, reporting: diagnostics)
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        policies.allHold(for: trace, at: time) ? .dropped : .notSampled
    }
}

extension [NamedPolicy] {
    /// Stops at the first that does not want the trace.
    fileprivate mutating func allHold(for trace: WaitedTrace, at time: Timestamp) -> Bool {
        for index in indices where !self[index].decide(trace, at: time).isSampled { return false }
        return true
    }
}

/// `composite`: the first of its policies that wants the trace decides, while its share of the spans per second lasts.
struct CompositePolicy: SamplingPolicy {
    static let type = "composite"
    private var policies: [NamedPolicy]
    /// Spans per second for each policy.
    private let allowances: [Int]
    private let total: Int
    private var taken: [Int]
    private var second = Int64.min

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["max_total_spans_per_second", "policy_order", "composite_sub_policy", "rate_allocation"])
        let total = diagnostics.integer("max_total_spans_per_second", in: node, pointer: pointer, range: 0...Int(Int32.max), required: true) ?? 0
        let known = NamedPolicy.list("composite_sub_policy", in: node, pointer: pointer, reporting: diagnostics)
        let order = diagnostics.strings("policy_order", in: node, pointer: pointer)
        var shares: [String: Int] = [:]
        for (index, element) in (node["rate_allocation"]?.array ?? []).enumerated() {
            let place = pointer + "/rate_allocation/\(index)"
            _ = diagnostics.members(of: element, pointer: place, known: ["policy", "percent"])
            guard let name = diagnostics.string("policy", in: element, pointer: place, required: true) else { continue }
            shares[name] = diagnostics.integer("percent", in: element, pointer: place, range: 0...100, required: true) ?? 0
        }
        for name in order + shares.keys.sorted() where !known.contains(where: { $0.name == name }) {
            diagnostics.report("no policy here is named \"\(name)\"" + suggestion(for: name, among: known.map(\.name)), at: node.location, pointer: pointer)
        }
        let policies = order.isEmpty ? known : order.compactMap { name in known.first { $0.name == name } }
        self.policies = policies
        self.total = total
        // A policy without a share gets an equal part of everything.
        allowances = policies.map { policy in shares[policy.name].map { $0 * total / 100 } ?? total / Swift.max(1, policies.count) }
        taken = policies.map { _ in 0 }
    }

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision {
        if time.seconds != second {
            second = time.seconds
            for index in taken.indices { taken[index] = 0 }
        }
        for index in policies.indices where policies[index].decide(trace, at: time).isSampled {
            let next = taken[index] + trace.spans.count
            // A smaller trace may still fit later.
            guard next <= allowances[index], next <= total else { return .notSampled }
            taken[index] = next
            return .sampled
        }
        return .notSampled
    }
}
