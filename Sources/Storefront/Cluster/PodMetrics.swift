import Base
import Cluster
import Packs
import Telemetry

/// Gauges of one deployment and its pods, under the names that Datadog's agent gives them.
final class PodMetrics {
    /// One gauge of one object; what is left out of a refresh is no more.
    private struct Series: Hashable {
        var name: String
        var object: String
    }

    private let metrics: Metrics
    private let shared: [(String, String)]
    private let ofDeployment: [(String, String)]
    private var gauges: [Series: (gauge: Metrics.Gauge, labels: LabelSet, refresh: Int)] = [:]
    private var refreshes = 0

    init(_ metrics: Metrics, service: String, _ cluster: Pack.Cluster) {
        self.metrics = metrics
        shared = ClusterTags.pairs(service: service, cluster) + [("service_name", service)]
        ofDeployment = shared.filter { !$0.0.contains("container") }
    }

    private enum PodGauge: String, CaseIterable {
        // Nanocores and bytes, as Datadog's agent sends them.
        case cpuUsage = "kubernetes.cpu.usage.total"
        case cpuLimits = "kubernetes.cpu.limits"
        case throttled = "kubernetes.cpu.cfs.throttled.seconds"
        case memoryUsage = "kubernetes.memory.usage"
        case memoryLimits = "kubernetes.memory.limits"
        case received = "kubernetes.network.rx_bytes"
        case sent = "kubernetes.network.tx_bytes"
        case restarts = "kubernetes.containers.restarts"
        case running = "kubernetes.pods.running"

        /// Other names that people ask for.
        var aliases: [String] { self == .cpuUsage ? ["kubernetes.cpu.usage"] : [] }

        var help: String {
            switch self {
            case .cpuUsage: "Processor that the container uses, in nanocores."
            case .cpuLimits: "Processor that the container may use, in cores."
            case .throttled: "Time that the container was kept from running by its limit."
            case .memoryUsage: "Memory that the container uses."
            case .memoryLimits: "Memory that the container may use."
            case .received: "Bytes of requests and answers that the pod receives in a second."
            case .sent: "Bytes of requests and answers that the pod sends in a second."
            case .restarts: "Restarts of the container."
            case .running: "Pods that run."
            }
        }

        func value(of pod: Pod, _ spec: DeploymentSpec) -> Double? {
            switch self {
            case .cpuUsage: pod.millicores * 1e6
            case .cpuLimits: spec.limits.millicores.map { $0 / 1_000 }
            // Without a limit nobody is kept from running.
            case .throttled: spec.limits.millicores.map { _ in pod.throttledSeconds }
            case .memoryUsage: pod.mebibytes * 1_048_576
            case .memoryLimits: spec.limits.mebibytes.map { $0 * 1_048_576 }
            case .received: pod.receivedBytesPerSecond
            case .sent: pod.sentBytesPerSecond
            case .restarts: Double(pod.restarts)
            case .running: pod.status == "Running" ? 1 : 0
            }
        }
    }

    func refresh(_ controller: DeploymentController) {
        refreshes += 1
        for pod in controller.pods {
            let tags = [("pod_name", pod.name), ("host", controller.place.node)]
            for kind in PodGauge.allCases {
                if let value = kind.value(of: pod, controller.spec) { set(kind.rawValue, aliases: kind.aliases, kind.help, of: pod.name, shared + tags, to: value) }
            }
            set(
                "kubernetes_state.pod.status_phase", "Pods in this phase.", of: "\(pod.name) \(pod.kubernetesPhase)", shared + tags + [("pod_phase", pod.kubernetesPhase)],
                to: 1)
        }
        refreshDeployment(controller)
        refreshAutoscaler(controller)
        for (series, known) in gauges where known.refresh != refreshes {
            metrics.removeGauge(series.name, labels: known.labels)
            gauges[series] = nil
        }
    }

    private func refreshDeployment(_ controller: DeploymentController) {
        let ready = controller.readyCount
        for (name, value) in [
            ("replicas_available", ready), ("replicas_ready", ready), ("replicas_desired", controller.replicas),
            ("replicas_unavailable", max(0, controller.replicas - ready)),
        ] { set("kubernetes_state.deployment." + name, "Replicas of the deployment.", of: "", ofDeployment, to: Double(value)) }
        for replicas in controller.replicaSets {
            let ready = controller.pods.count { $0.replicaSet == replicas.number && $0.isReady }
            set(
                "kubernetes_state.replicaset.replicas_ready", "Ready replicas of the replica set.", of: replicas.name, ofDeployment + [("kube_replica_set", replicas.name)],
                to: Double(ready))
        }
    }

    private func refreshAutoscaler(_ controller: DeploymentController) {
        guard let scaler = controller.spec.autoscaler else { return }
        let name = scaler.name ?? controller.name
        let tags = ofDeployment + [("horizontalpodautoscaler", name)]
        for (count, value) in [("current_replicas", controller.pods.count), ("desired_replicas", controller.replicas)] {
            set("kubernetes_state.hpa.status." + count, "Replicas that the autoscaler has and wants.", of: name, tags, to: Double(value))
        }
        let metric = scaler.metric.rawValue
        for (kind, value) in [("target", scaler.target), ("spec_target_metric", scaler.target), ("current", controller.utilization)] {
            guard let value else { continue }
            set(
                "kubernetes_state.horizontalpodautoscaler.metric." + kind, "Percent of what pods request.", of: "\(name) \(metric)", tags + [("metric_name", metric)],
                to: value)
        }
    }

    private func set(_ name: String, aliases: [String] = [], _ help: String, of object: String, _ labels: @autoclosure () -> [(String, String)], to value: Double) {
        let series = Series(name: name, object: object)
        if let known = gauges[series] {
            gauges[series]?.refresh = refreshes
            return metrics.set(known.gauge, to: value)
        }
        let labels = LabelSet(labels())
        let gauge = metrics.gauge(name, aliases: aliases, help: help, labels: labels)
        gauges[series] = (gauge, labels, refreshes)
        metrics.set(gauge, to: value)
    }

    /// All series out: the deployment is no more.
    func remove() {
        for (series, known) in gauges { metrics.removeGauge(series.name, labels: known.labels) }
        gauges = [:]
    }
}

extension Pod {
    /// The phase of the whole pod in Kubernetes' words, which says less than its status: a container in back-off is in a running pod.
    fileprivate var kubernetesPhase: String { [.pending, .creating].contains(phase) ? "Pending" : "Running" }
}
