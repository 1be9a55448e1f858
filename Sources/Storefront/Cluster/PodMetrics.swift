import Cluster
import Packs
import Telemetry

/// Gauges of one deployment and its pods, under the names that Datadog's agent gives them.
final class PodMetrics {
    private let metrics: Metrics
    private let shared: [(String, String)]
    private let deployment: LabelSet
    private var gauges: [String: Metrics.Gauge] = [:]
    /// Labels of the pods that have gauges.
    private var known: [String: LabelSet] = [:]

    init(_ metrics: Metrics, service: String, _ cluster: Pack.Cluster) {
        self.metrics = metrics
        shared = ClusterTags.pairs(service: service, cluster) + [("service_name", service)]
        deployment = LabelSet(shared.filter { !$0.0.contains("container") })
    }

    private enum PodGauge: String, CaseIterable {
        // Nanocores and bytes, as Datadog's agent sends them.
        case cpuUsage = "kubernetes.cpu.usage.total"
        case cpuUsageAlias = "kubernetes.cpu.usage"
        case cpuLimits = "kubernetes.cpu.limits"
        case throttled = "kubernetes.cpu.cfs.throttled.seconds"
        case memoryUsage = "kubernetes.memory.usage"
        case memoryLimits = "kubernetes.memory.limits"
        case restarts = "kubernetes.containers.restarts"
        case running = "kubernetes.pods.running"

        var help: String {
            switch self {
            case .cpuUsage, .cpuUsageAlias: "Processor that the container uses, in nanocores."
            case .cpuLimits: "Processor that the container may use, in cores."
            case .throttled: "Time that the container was kept from running by its limit."
            case .memoryUsage: "Memory that the container uses."
            case .memoryLimits: "Memory that the container may use."
            case .restarts: "Restarts of the container."
            case .running: "Pods that run."
            }
        }

        func value(of pod: Pod, _ spec: DeploymentSpec) -> Double? {
            switch self {
            case .cpuUsage, .cpuUsageAlias: pod.millicores * 1e6
            case .cpuLimits: spec.limits.millicores.map { $0 / 1_000 }
            // Without a limit nobody is kept from running.
            case .throttled: spec.limits.millicores.map { _ in pod.throttledSeconds }
            case .memoryUsage: pod.mebibytes * 1_048_576
            case .memoryLimits: spec.limits.mebibytes.map { $0 * 1_048_576 }
            case .restarts: Double(pod.restarts)
            case .running: pod.status == "Running" ? 1 : 0
            }
        }
    }

    func refresh(_ controller: DeploymentController) {
        for pod in controller.pods {
            let labels = known[pod.name] ?? LabelSet(shared + [("pod_name", pod.name), ("host", controller.place.node)])
            known[pod.name] = labels
            for kind in PodGauge.allCases {
                if let value = kind.value(of: pod, controller.spec) { set(kind.rawValue, kind.help, key: kind.rawValue + pod.name, labels, to: value) }
            }
        }
        for (name, labels) in known where !controller.pods.contains(where: { $0.name == name }) {
            for kind in PodGauge.allCases {
                metrics.removeGauge(kind.rawValue, labels: labels)
                gauges[kind.rawValue + name] = nil
            }
            known[name] = nil
        }
        refreshDeployment(controller)
    }

    private func refreshDeployment(_ controller: DeploymentController) {
        let ready = controller.readyCount
        for (name, value) in [
            ("replicas_available", ready), ("replicas_ready", ready), ("replicas_desired", controller.replicas),
            ("replicas_unavailable", max(0, controller.replicas - ready)),
        ] {
            let full = "kubernetes_state.deployment." + name
            set(full, "Replicas of the deployment.", key: full, deployment, to: Double(value))
        }
        guard let scaler = controller.spec.autoscaler else { return }
        let values: [(String, Double?)] = [
            ("kubernetes_state.hpa.status.current_replicas", Double(controller.pods.count)), ("kubernetes_state.hpa.status.desired_replicas", Double(controller.replicas)),
            ("kubernetes_state.horizontalpodautoscaler.metric.target", scaler.target),
            ("kubernetes_state.horizontalpodautoscaler.metric.current", controller.utilization),
        ]
        for case (let name, let value?) in values { set(name, "State of the autoscaler.", key: name, deployment, to: value) }
    }

    private func set(_ name: String, _ help: String, key: String, _ labels: LabelSet, to value: Double) {
        let gauge = gauges[key] ?? metrics.gauge(name, help: help, labels: labels)
        gauges[key] = gauge
        metrics.set(gauge, to: value)
    }

    /// All series out: the deployment is no more.
    func remove() {
        for labels in known.values { for kind in PodGauge.allCases { metrics.removeGauge(kind.rawValue, labels: labels) } }
        known = [:]
        gauges = [:]
    }
}
