import Packs
import Telemetry

/// How telemetry names where a service runs, as Datadog's agent tags what comes from Kubernetes.
enum ClusterTags {
    static func attributes(service: String, _ cluster: Pack.Cluster) -> [Attribute] {
        pairs(service: service, cluster).map { Attribute($0.0, .string($0.1)) }
    }

    static func pairs(service: String, _ cluster: Pack.Cluster) -> [(String, String)] {
        [("kube_namespace", cluster.namespace), ("kube_deployment", service), ("kube_container_name", service), ("container_name", service)]
            + (cluster.name.isEmpty ? [] : [("kube_cluster_name", cluster.name)])
    }
}
