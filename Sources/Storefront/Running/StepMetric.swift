import Telemetry

/// A metric that steps of a service set.
public struct StepMetric: Sendable {
    /// In Prometheus' spelling, as the service's own text has it.
    var name: String
    /// Under which an agent hands the same figures on.
    var aliases: [String]
    var help: String
    /// True for a number that only grows.
    var grows: Bool

    public init(name: String, aliases: [String], help: String, grows: Bool) {
        self.name = name
        self.aliases = aliases
        self.help = help
        self.grows = grows
    }

    func count(_ number: Double, in metrics: Metrics, aliases: [String], _ labels: LabelSet) throws {
        guard metrics.mayCount(name, as: grows ? .counter : .gauge) else { throw Failure(.failed, "the metric \(name) is of another kind") }
        if grows {
            metrics.add(number, to: metrics.counter(name, aliases: aliases, help: help, labels: labels))
        } else {
            metrics.set(metrics.gauge(name, aliases: aliases, help: help, labels: labels), to: number)
        }
    }
}

extension Exchange {
    /// Sets a metric, or adds to it: in what the service tells of itself, and in what an agent makes of that.
    ///
    /// - Parameter tags: The agent's own, beside those of the cluster.
    public func count(_ number: Double, in metric: StepMetric, labels: [(String, String)], tags: [(String, String)]) throws {
        try metric.count(number, in: service.requestMetrics, aliases: [], LabelSet(labels))
        guard shop.instrumentation != .none else { return }
        let place = service.pods == nil ? [] : ClusterTags.pairs(service: service.name, shop.pack.cluster)
        try metric.count(number, in: shop.recorder.metrics, aliases: metric.aliases, LabelSet(labels + tags + [("service_name", service.name)] + place))
    }
}
