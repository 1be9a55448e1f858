import Base

/// What a policy says about a trace; names as in the metrics of OpenTelemetry's collector.
public enum SamplingDecision: Sendable, Equatable {
    case sampled, notSampled
    /// An inverted policy found nothing that it excludes, or something.
    case invertSampled, invertNotSampled
    case dropped

    var isSampled: Bool { self == .sampled || self == .invertSampled }
}

/// A trace when its time to wait is over.
public struct WaitedTrace: Sendable {
    public let id: TraceID
    /// With companions.
    public let spans: [Span]

    public init(id: TraceID, recorded: [Span]) {
        self.id = id
        spans = SpanExpansion.expand(recorded)
    }
}

/// One type of policy of the collector's processor `tail_sampling`; its fields are its JSON, under the collector's names.
protocol SamplingPolicy: Sendable {
    static var type: String { get }
    /// - Parameter node: The policy's own settings, the member that is named like the type.
    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics)
    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision
}

/// A policy with its name.
struct NamedPolicy: Sendable {
    let name: String
    let type: String
    private var policy: any SamplingPolicy

    mutating func decide(_ trace: WaitedTrace, at time: Timestamp) -> SamplingDecision { policy.decide(trace, at: time) }

    private static let types: [any SamplingPolicy.Type] = [
        AlwaysSamplePolicy.self, LatencyPolicy.self, NumericAttributePolicy.self, ProbabilisticPolicy.self, StatusCodePolicy.self, StringAttributePolicy.self,
        RateLimitingPolicy.self, SpanCountPolicy.self, BooleanAttributePolicy.self, ConditionPolicy.self, AndPolicy.self, DropPolicy.self, CompositePolicy.self,
    ]

    /// - Returns: Nil when the type is missing or unknown.
    init?(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        let names = Self.types.map { $0.type }
        name = diagnostics.string("name", in: node, pointer: pointer, required: true) ?? ""
        guard let chosen = diagnostics.string("type", in: node, pointer: pointer, required: true) else { return nil }
        guard let type = Self.types.first(where: { $0.type == chosen }) else {
            diagnostics.report("no policy has the type \"\(chosen)\"" + suggestion(for: chosen, among: names), at: node["type"]!.location, pointer: pointer + "/type")
            return nil
        }
        self.type = chosen
        _ = diagnostics.members(of: node, pointer: pointer, known: ["name", "type", chosen])
        let settings = node[chosen] ?? JSONNode(.object([]), at: node.location)
        policy = type.init(settings, pointer: pointer + "/" + chosen, reporting: diagnostics)
    }

    /// All policies of a list; each has a name of its own.
    static func list(_ name: String, in node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) -> [NamedPolicy] {
        guard let list = diagnostics.value(name, in: node, pointer: pointer, required: true) else { return [] }
        guard let elements = list.array else { return diagnostics.wrong(list, "a list of policies", pointer + "/" + name) ?? [] }
        var policies: [NamedPolicy] = []
        for (index, element) in elements.enumerated() {
            let place = pointer + "/" + name + "/\(index)"
            guard let policy = NamedPolicy(element, pointer: place, reporting: diagnostics) else { continue }
            if policies.contains(where: { $0.name == policy.name }) {
                diagnostics.report("two policies are named \"\(policy.name)\"", at: element.location, pointer: place)
            }
            policies.append(policy)
        }
        return policies
    }
}
