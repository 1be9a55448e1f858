import Base
import Telemetry

/// Sends a shop's metrics, deployments and the state of its services to a DogStatsD server.
///
/// Everything comes from what the recorder holds: counters are sent as what was added since the last time, gauges as they are, histograms
/// as distributions. Metrics of requests (`trace.<operation>.hits` ...) are left to the agent when it gets the traces: it counts them itself.
public final class DogStatsDExporter: TelemetryExporter {
    /// A service of the shop, as its callers find it.
    public struct ServiceState: Sendable, Equatable {
        public var name: String
        public var version: String
        public var url: String
        public var isReachable: Bool

        public init(name: String, version: String, url: String, isReachable: Bool) {
            self.name = name
            self.version = version
            self.url = url
            self.isReachable = isReachable
        }
    }

    /// The check that Datadog's own HTTP check reports.
    private static let checkName = "http.can_connect"
    /// The state of services is repeated: a check that is silent turns into "no data".
    private static let checkInterval = Duration.seconds(10)

    private let recorder: Recorder
    private let loop: EventLoop
    private let interval: Duration
    private let sendsRequestMetrics: Bool
    private let tags: DogStatsDTags
    private let refresh: () -> [ServiceState]
    private var channel: DatagramChannel
    private var packer: DatagramPacker
    private var changes = MetricChanges()
    private var eventPosition: Int
    private var reported: [ServiceState] = []
    private var nextReport: Timestamp

    /// - Parameters:
    ///   - environment: Of the shop; a tag on everything.
    ///   - refresh: Called before each sending: brings gauges up to date and gives the services.
    ///   - open: Makes a sender; called again when sending fails.
    public init(
        recorder: Recorder, loop: EventLoop, configuration: DatadogConfiguration, environment: String,
        open: @escaping () async throws -> any DatagramSender, refresh: @escaping () -> [ServiceState] = { [] }
    ) {
        let metrics = configuration.metrics ?? DatadogConfiguration.Metrics()
        self.recorder = recorder
        self.loop = loop
        interval = metrics.flushInterval
        sendsRequestMetrics = configuration.traces == nil
        tags = DogStatsDTags(environment: environment, service: configuration.service, version: configuration.version, tags: configuration.tags)
        self.refresh = refresh
        // Under the names that Datadog's clients use.
        channel = DatagramChannel(
            metrics: recorder.metrics,
            counters: DatagramChannel.Counters(
                sent: recorder.metrics.counter("datadog.dogstatsd.client.packets_sent", help: "Datagrams handed to the system."),
                sentBytes: recorder.metrics.counter("datadog.dogstatsd.client.bytes_sent", help: "Bytes handed to the system."),
                dropped: recorder.metrics.counter("datadog.dogstatsd.client.packets_dropped", help: "Datagrams that nobody took.")),
            open: open)
        packer = DatagramPacker(limit: metrics.datagramBytes)
        eventPosition = recorder.nextEvent
        nextReport = loop.now
    }

    public func run() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: interval) } catch { return }
            await flush()
        }
    }

    public func flush() async {
        guard recorder.isEnabled else { return }
        let services = refresh()
        addMetrics()
        addEvents()
        addChecks(services)
        await channel.send(packer.take(), at: loop.now)
    }

    // MARK: Metrics

    private func addMetrics() {
        let families = sendsRequestMetrics ? recorder.metricFamilies() : recorder.metrics.snapshot()
        for family in families {
            for point in family.points { add(point, of: family) }
        }
    }

    private func add(_ point: MetricFamily.Point, of family: MetricFamily) {
        guard let change = changes.take(point, of: family) else { return }
        let tags = tags.text(point.labels.datadogTags)
        switch change {
        case .added(let amount): packer.add(DogStatsDLine.metric(family.name, amount, .counter, tags: tags))
        case .value(let value): packer.add(DogStatsDLine.metric(family.name, value, .gauge, tags: tags))
        case .observed(let distribution):
            let name = Self.name(ofDistribution: family.name)
            for (value, count) in distribution.representatives { packer.add(DogStatsDLine.metric(name, value, .distribution, times: count, tags: tags)) }
        }
    }

    /// Datadog's distribution of durations is `trace.<operation>`; behind `.duration` it has a total.
    private static func name(ofDistribution name: String) -> String {
        name.hasPrefix("trace.") && name.hasSuffix(".duration") ? String(name.dropLast(".duration".count)) : name
    }

    // MARK: Events

    private func addEvents() {
        let reading = recorder.events(since: eventPosition)
        eventPosition = reading.next
        // What happened in visitors' browsers is no event of the shop's operation.
        for event in reading.elements where !event.kind.hasPrefix("rum.") {
            var own = [(name: "service", value: event.service), (name: "event_kind", value: event.kind)]
            if let version = event.attributes["version"]?.text, !version.isEmpty { own.append((name: "version", value: version)) }
            let text = "\(event.kind) of \(event.service)" + (own.count == 3 ? " \(own[2].value)" : "")
            packer.add(
                DogStatsDLine.event(title: event.title, text: text, at: event.time, key: event.service, source: event.kind, tags: tags.text(own)))
        }
    }

    // MARK: Checks

    private func addChecks(_ services: [ServiceState]) {
        guard services != reported || loop.now >= nextReport else { return }
        reported = services
        nextReport = loop.now + Self.checkInterval
        for service in services {
            let own = [(name: "service", value: service.name), (name: "version", value: service.version), (name: "instance", value: service.name), (name: "url", value: service.url)]
            packer.add(
                DogStatsDLine.check(
                    Self.checkName, service.isReachable ? .ok : .critical, at: loop.now, message: service.isReachable ? "" : "Connection refused",
                    tags: tags.text(own.filter { !$0.value.isEmpty })))
        }
    }
}
