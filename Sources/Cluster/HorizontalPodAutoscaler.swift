import Base

/// Changes the number of pods so that their average usage comes near a target, by the rule of Kubernetes' own autoscaler.
public struct HorizontalPodAutoscaler: Sendable, Equatable {
    public enum Metric: String, Sendable, CaseIterable { case cpu, memory }

    public var name: String?
    public var metric = Metric.cpu
    /// Percent of what the pods request.
    public var target = 80.0
    public var minimum = 1
    public var maximum = 10
    public var scaleDownWindow = Duration.seconds(300)

    /// Between two decisions.
    static let period = Duration.seconds(15)
    /// So near to the target nothing changes.
    private static let tolerance = 0.1

    static let settings: [Setting] = [
        Setting("name", .text, "Name of the autoscaler; the deployment's without it."),
        Setting("metric", .choice(Metric.allCases.map(\.rawValue)), "cpu without it."),
        Setting("targetUtilization", .number(1...10_000), "Average usage aimed at, in percent of what pods request; 80 without it."),
        Setting("minReplicas", .integer(1...100), "1 without it."), Setting("maxReplicas", .integer(1...100), "10 without it."),
        Setting("scaleDownWindowSeconds", .number(0...86_400), "Fewer pods only when so few were enough for so long; 300 without it."),
    ]

    public init() {}

    init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        name = node["name"]?.string
        metric = (node["metric"]?.string).flatMap { Metric(rawValue: $0) } ?? metric
        target = node.number("targetUtilization") ?? target
        minimum = node.integer("minReplicas") ?? minimum
        maximum = node.integer("maxReplicas") ?? maximum
        scaleDownWindow = node.seconds("scaleDownWindowSeconds") ?? scaleDownWindow
        if minimum > maximum { diagnostics.report("minReplicas is larger than maxReplicas", at: node.location, pointer: pointer) }
    }

    /// Pods that the usage asks for: `ceil(replicas × usage / target)`.
    ///
    /// - Parameter utilization: Average of the pods, in percent of what they request.
    public func wanted(for utilization: Double, replicas: Int) -> Int {
        let ratio = utilization / target
        if abs(ratio - 1) <= Self.tolerance { return clamp(replicas) }
        // At most twice as many, or four more, in one step.
        let most = max(2 * replicas, replicas + 4)
        return clamp(min(most, Int((Double(replicas) * ratio).rounded(.up))))
    }

    func clamp(_ replicas: Int) -> Int { min(maximum, max(minimum, replicas)) }

    /// How the autoscaler is getting on, in Kubernetes' words.
    public struct Condition: Sendable, Equatable {
        public var type: String
        public var isTrue: Bool
        public var reason: String
        public var message: String
    }

    /// - Parameter utilization: What was measured last; nil while no pod tells.
    func conditions(_ utilization: Double?, replicas: Int) -> [Condition] {
        let resource = metric.rawValue
        guard let utilization else {
            return [
                Condition(type: "AbleToScale", isTrue: true, reason: "SucceededGetScale", message: "the HPA controller was able to get the target's current scale"),
                Condition(
                    type: "ScalingActive", isTrue: false, reason: "FailedGetResourceMetric",
                    message: "the HPA was unable to compute the replica count: failed to get \(resource) utilization: unable to get metrics for resource \(resource): no metrics returned from resource metrics API"),
            ]
        }
        let isStabilizing = replicas > wanted(for: utilization, replicas: replicas)
        return [
            Condition(
                type: "AbleToScale", isTrue: true, reason: isStabilizing ? "ScaleDownStabilized" : "ReadyForNewScale",
                message: isStabilizing ? "recent recommendations were higher than current one, applying the highest recent recommendation" : "recommended size matches current size"),
            Condition(
                type: "ScalingActive", isTrue: true, reason: "ValidMetricFound",
                message: "the HPA was able to successfully calculate a replica count from \(resource) resource utilization (percentage of request)"),
            limit(utilization, replicas: replicas),
        ]
    }

    private func limit(_ utilization: Double, replicas: Int) -> Condition {
        let ratio = utilization / target
        if replicas <= minimum, ratio < 1 - Self.tolerance {
            return Condition(type: "ScalingLimited", isTrue: true, reason: "TooFewReplicas", message: "the desired replica count is less than the minimum replica count")
        }
        if replicas >= maximum, ratio > 1 + Self.tolerance {
            return Condition(type: "ScalingLimited", isTrue: true, reason: "TooManyReplicas", message: "the desired replica count is more than the maximum replica count")
        }
        return Condition(type: "ScalingLimited", isTrue: false, reason: "DesiredWithinRange", message: "the desired count is within the acceptable range")
    }

    /// What the autoscaler has seen.
    struct Course: Sendable {
        var next: Timestamp
        /// Percent; nil while no pod tells.
        var utilization: Double?
        private var recommendations: [(time: Timestamp, replicas: Int)] = []

        init(at now: Timestamp) { next = now + HorizontalPodAutoscaler.period }

        /// The number of pods from now on.
        mutating func decide(_ utilization: Double, replicas: Int, _ scaler: HorizontalPodAutoscaler, at now: Timestamp) -> Int {
            self.utilization = utilization
            let wanted = scaler.wanted(for: utilization, replicas: replicas)
            recommendations = recommendations.filter { now - $0.time < scaler.scaleDownWindow } + [(now, wanted)]
            if wanted >= replicas { return wanted }
            return min(replicas, recommendations.map(\.replicas).max() ?? wanted)
        }
    }
}
