import Telemetry

extension ShopCore {
    /// Lets the collector do what the wiring, or the host, says now.
    func updateCollector() {
        let wanted = configuration.collector ?? services.lazy.compactMap { $0.deployments.first?.compiled.collector }.first
        guard let wanted, wanted != collector?.configuration else { return }
        if let collector { collector.restart(with: wanted, now: world.now) } else { collector = Collector(wanted, recorder: recorder, now: world.now) }
    }

    /// True when a back end behind the collector has the trace.
    public func isSeen(_ trace: TraceID) -> Bool { collector?.hasHandedOn(trace) ?? true }

    /// The collector's metrics of itself.
    public var collectorMetrics: [UInt8] {
        collector?.advance(to: world.now)
        return PrometheusText.render(collector?.metricFamilies ?? [])
    }
}
