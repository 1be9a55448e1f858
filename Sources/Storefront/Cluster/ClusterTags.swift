import Base
import Packs
import Telemetry

/// How telemetry names where a service runs, as Datadog's agent tags what comes from Kubernetes.
enum ClusterTags {
    static func attributes(service: String, _ cluster: Pack.Cluster) -> [Attribute] {
        pairs(service: service, cluster).map { Attribute($0.0, .string($0.1)) }
    }

    /// Of a job, which has one pod.
    static func attributes(job: String, _ cluster: Pack.Cluster) -> [Attribute] {
        let pod = "\(job)-\(Fingerprint(job.utf8).value.hex.prefix(5))"
        return pairs(service: job, cluster).map { Attribute($0.0 == "kube_deployment" ? "kube_job" : $0.0, .string($0.1)) } + [Attribute("pod_name", .string(pod))]
    }

    static func pairs(service: String, _ cluster: Pack.Cluster) -> [(String, String)] {
        [("kube_namespace", cluster.namespace), ("kube_deployment", service), ("kube_container_name", service), ("container_name", service)]
            + (cluster.name.isEmpty ? [] : [("kube_cluster_name", cluster.name)])
    }
}
