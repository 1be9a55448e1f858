import Base
import Export
import Foundation
import HTTP
import Storefront
import Synchronization
import Telemetry

/// What sends a shop's telemetry to the back ends that the environment names, and what looks at the clock for it.
final class ShopExporters: Sendable {
    /// Makes an exporter for the shop's inside, on its loop.
    private typealias Maker = @Sendable (ShopCore) -> any TelemetryExporter

    private let shop: Shop
    private let client: Client
    private let makers: [Maker]
    private let running = Mutex<[Task<Void, Never>]>([])

    init(shop: Shop, client: Client, configuration: HostConfiguration) {
        self.shop = shop
        self.client = client
        var makers: [Maker] = [{ core in MetricClock(core) }, { core in CollectorClock(core) }]
        if let otlp = OTLPConfiguration.parse(configuration.environment).configuration {
            makers.append { core in
                OTLPTraceExporter(recorder: core.recorder, loop: core.world.loop, configuration: otlp, sender: client, collector: core.collector)
            }
        }
        if let datadog = DatadogConfiguration.parse(configuration.environment).configuration {
            makers += Self.datadog(datadog, client: client, host: configuration.reachableHost, tags: Self.tags(of: shop, configuration))
        }
        if let xray = XRayConfiguration.parse(configuration.environment).configuration {
            makers.append { core in
                XRayExporter(
                    recorder: core.recorder, loop: core.world.loop, configuration: xray, open: { try await DatagramSocket.open(to: .host(xray.host, port: xray.port)) })
            }
        }
        self.makers = makers
    }

    /// Shops of one host tell themselves apart; one alone has nothing to tell.
    private static func tags(of shop: Shop, _ configuration: HostConfiguration) -> [Attribute] {
        configuration.shops.count > 1 ? [Attribute("shop", .string(shop.name))] : []
    }

    private static func datadog(_ configuration: DatadogConfiguration, client: Client, host: String, tags: [Attribute]) -> [Maker] {
        var configuration = configuration
        configuration.tags += tags
        let final = configuration
        var makers: [Maker] = []
        if let traces = final.traces {
            makers.append { core in
                DatadogTraceExporter(
                    recorder: core.recorder, loop: core.world.loop, configuration: traces, tags: final.tags, sender: client,
                    runtimeID: World.uuid(named: "tracer", seed: core.world.seed), processID: Int(ProcessInfo.processInfo.processIdentifier), report: { StandardStream.error.write("shophost: \($0)\n") })
            }
        }
        if let metrics = final.metrics {
            makers.append { core in
                DogStatsDExporter(
                    recorder: core.recorder, loop: core.world.loop, configuration: final, environment: core.environment,
                    open: { try await DatagramSocket.open(to: metrics.target) },
                    refresh: { [unowned core] in
                        core.refreshMetrics()
                        return core.serviceStates(host: host)
                    })
            }
        }
        return makers
    }

    /// Begins with the shop's inside as it is now. The exporters of the one before stop; they send what they still have.
    func start() {
        let shop = shop
        let tasks = makers.map { maker in
            Task(executorPreference: shop.loop) {
                _ = try? await shop.with { core in
                    let exporter = maker(core)
                    await exporter.run()
                    // This task is cancelled by now, and a cancelled task sends nothing.
                    let last = LastFlush(exporter)
                    await Task(executorPreference: shop.loop) { await last.run() }.value
                }
            }
        }
        let before = running.withLock { running in
            defer { running = tasks }
            return running
        }
        for task in before { task.cancel() }
    }

    /// Returns when everything is sent, or given up.
    func stop() async {
        let tasks = running.withLock { running in
            defer { running = [] }
            return running
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}

/// An exporter on its way into another task of the shop's loop.
// @unchecked Sendable: the task that made it only waits from then on, and both run on one loop.
private final class LastFlush: @unchecked Sendable {
    private let exporter: any TelemetryExporter
    init(_ exporter: any TelemetryExporter) { self.exporter = exporter }
    func run() async { await exporter.flush() }
}

extension ShopCore {
    fileprivate func serviceStates(host: String) -> [DogStatsDExporter.ServiceState] {
        services.map { service in
            DogStatsDExporter.ServiceState(
                name: service.name, version: service.deployments.first?.compiled.identity.version ?? "", url: "http://\(host):\(service.port)",
                isReachable: service.isReachable)
        }
    }
}

extension Client: HTTPSender {}
