import Base
import Export
import Foundation
import HTTP
import Packs
import Storefront
import Synchronization
import Telemetry

/// A shop with its listeners: one port for each service.
public final class HostedShop: Sendable {
    public let name: String
    public let shop: Shop
    private let listeners: Listeners
    private let library: PackLibrary
    private let configuration: HostConfiguration
    private let sink: LogSinkBox?
    /// Sends spans to the back end that the environment names.
    private let exporting = Mutex<Task<Void, Never>?>(nil)

    init(name: String, loop: EventLoop, library: PackLibrary, configuration: HostConfiguration) {
        self.name = name
        self.library = library
        self.configuration = configuration
        shop = Shop(name: name, loop: loop)
        listeners = Listeners(shop: shop, host: configuration.host)
        sink = configuration.logs.map { LogSinkBox(LogSink(loop: loop, destination: $0)) }
    }

    /// Puts a pack in a state behind the ports. When anything is wrong, what runs goes on as before.
    ///
    /// - Parameter keepsData: Goes on with what a data directory holds from an earlier run; otherwise the seeded rows are put back.
    func open(_ packName: String, state: String, port: Int?, keepsData: Bool) async throws {
        let prepared = try library.pack(packName)
        let ports = Self.ports(prepared.pack, entry: port)
        try await listeners.prepare(ports)
        var settings = ShopConfiguration()
        settings.mesh = configuration.mesh
        settings.seed = configuration.seed
        settings.shopName = name
        settings.instrumentation = configuration.instrumentation
        settings.environmentVariables = configuration.environment
        if let directory = configuration.dataDirectory {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
            settings.dataDirectory = "\(directory)/\(name)"
        }
        settings.databaseURL = configuration.databaseURL
        settings.ports = ports
        if let sink { settings.logSink = { service, line in sink.write(line, service: service) } }
        let final = settings
        let snippets = try PageSnippets(configuration.rum, pack: prepared.pack, environment: configuration.environment)
        let listeners = listeners
        try await shop.open { loop in
            let core = try await ShopCore.make(
                prepared, state: state, configuration: final, on: loop, client: listeners.client, pageProcessor: snippets)
            if !keepsData { try await core.restoreData() }
            core.onReachabilityChange = { service, isReachable in listeners.setReachable(service, isReachable) }
            return core
        }
        let reachable = try await shop.with { core in
            core.services.reduce(into: [String: Bool]()) { $0[$1.name] = $1.isReachable }
        }
        try await listeners.commit(ports, reachable: reachable)
        startExporting()
    }

    /// The exporter of the shop before stops first; it sends what it still has.
    private func startExporting() {
        guard let otlp = OTLPConfiguration.parse(configuration.environment).configuration else { return }
        let (shop, client) = (shop, listeners.client)
        let task = Task(executorPreference: shop.loop) {
            _ = try? await shop.with { core in
                let exporter = OTLPTraceExporter(recorder: core.recorder, loop: shop.loop, configuration: otlp, sender: client)
                await exporter.run()
                await exporter.flush()
            }
        }
        exporting.withLock { running in
            running?.cancel()
            running = task
        }
    }

    /// Entry at `entry`, the others after it in the pack's order; the pack's own ports when nil.
    static func ports(_ pack: Pack, entry: Int?) -> [String: Int] {
        guard let entry else {
            return Dictionary(uniqueKeysWithValues: pack.services.map { ($0, pack.wiring[$0]?["port"]?.value.integer ?? 0) })
        }
        let others = pack.services.filter { $0 != pack.entry }
        return Dictionary(uniqueKeysWithValues: ([pack.entry] + others).enumerated().map { ($1, entry == 0 ? 0 : entry + $0) })
    }

    /// The port that each service listens on.
    func ports() async -> [String: Int] { await listeners.ports }

    func close() async {
        if let task = exporting.withLock({ $0.take() }) {
            task.cancel()
            await task.value
        }
        await listeners.close()
        await shop.close()
    }
}

/// A log sink on its way into the shop's loop.
// @unchecked Sendable: `write` is called only on the loop that the sink was made for.
private final class LogSinkBox: @unchecked Sendable {
    private let sink: LogSink
    init(_ sink: LogSink) { self.sink = sink }
    func write(_ line: String, service: String) { sink.write(line, service: service) }
}

extension HostedShop {
    /// The port that each service listens on, by name.
    public var servicePorts: [String: Int] { get async { await ports() } }
}

extension Client: HTTPSender {}
