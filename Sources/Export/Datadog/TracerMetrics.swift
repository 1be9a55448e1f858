import Telemetry

/// What the exporter of traces says about itself, under the names that Datadog's tracers use for their health.
struct TracerMetrics {
    enum Loss: String, CaseIterable {
        case queueFull = "queue_full"
        case unreachable = "agent_unreachable"
        case refused = "agent_refused"
    }

    private let metrics: Metrics
    private let requests: Metrics.Counter
    private let errors: Metrics.Counter
    private let traces: Metrics.Counter
    private let spans: Metrics.Counter
    private let bytes: Metrics.Counter
    private let losses: [Loss: Metrics.Counter]

    init(_ metrics: Metrics) {
        self.metrics = metrics
        requests = metrics.counter("datadog.tracer.api.requests", help: "Requests to the agent.")
        errors = metrics.counter("datadog.tracer.api.errors", help: "Requests that the agent did not answer or refused.")
        traces = metrics.counter("datadog.tracer.flush.traces", help: "Traces that the agent took.")
        spans = metrics.counter("datadog.tracer.flush.spans", help: "Spans that the agent took, those of frameworks included.")
        bytes = metrics.counter("datadog.tracer.flush.bytes", help: "Bytes that the agent took.", unit: "By")
        losses = Dictionary(
            uniqueKeysWithValues: Loss.allCases.map { loss in
                (loss, metrics.counter("datadog.tracer.dropped.spans", help: "Recorded spans that were not sent.", labels: ["reason": loss.rawValue]))
            })
    }

    func requested() { metrics.add(to: requests) }
    func failed() { metrics.add(to: errors) }
    func dropped(_ count: Int, _ loss: Loss) { metrics.add(Double(count), to: losses[loss]!) }

    func sent(traces count: Int, spans spanCount: Int, bytes byteCount: Int) {
        metrics.add(Double(count), to: traces)
        metrics.add(Double(spanCount), to: spans)
        metrics.add(Double(byteCount), to: bytes)
    }
}
