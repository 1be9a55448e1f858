import Base
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
    private let changes: OneAtATime
    private let library: PackLibrary
    private let configuration: HostConfiguration
    private let sink: LogSinkBox?
    private let exporters: ShopExporters
    private let openPack = Mutex("")
    /// Name or folder of the pack that is open.
    var packName: String { openPack.withLock { $0 } }

    init(name: String, loop: EventLoop, library: PackLibrary, configuration: HostConfiguration, recording: ServiceRecording?) {
        self.name = name
        self.library = library
        self.configuration = configuration
        shop = Shop(name: name, loop: loop)
        listeners = Listeners(shop: shop, host: configuration.host, recording: recording)
        exporters = ShopExporters(shop: shop, client: listeners.client, configuration: configuration)
        changes = OneAtATime(loop: loop)
        sink = configuration.logs.map { LogSinkBox(LogSink(loop: loop, destination: $0)) }
    }

    /// Puts a pack in a state behind the ports. When anything is wrong, what runs goes on as before.
    ///
    /// - Parameter keepsData: Goes on with what a data directory holds from an earlier run; otherwise the seeded rows are put back.
    func open(_ packName: String, state: String, port: Int?, keepsData: Bool) async throws {
        try await changes.run { try await self.moveIn(packName, state: state, port: port, keepsData: keepsData) }
    }

    /// Changes what is open when the changes before it have ended: each of them suspends, and two at a time would undo each other's work.
    func change(_ body: @escaping @Sendable (ShopCore) async throws -> Void) async throws {
        let shop = shop
        try await changes.run { try await shop.with(body) }
    }

    /// Takes over a folder that was saved, if it is still the one that is open. A pack with mistakes changes nothing.
    ///
    /// - Returns: False when another pack has moved in.
    func reload(_ folder: String) async throws -> Bool {
        guard openPack.withLock({ $0 }) == folder else { return false }
        try await changes.run {
            guard self.openPack.withLock({ $0 }) == folder else { return }
            let prepared = try self.library.pack(folder)
            try await self.shop.with { core in try await core.reload(prepared) }
        }
        return true
    }

    private func moveIn(_ packName: String, state: String, port: Int?, keepsData: Bool) async throws {
        let prepared = try library.pack(packName)
        let ports = try await listeners.prepare(Self.ports(prepared.pack, entry: port))
        do {
            try await open(prepared, state: state, settings: try settings(ports: ports), keepsData: keepsData)
        } catch {
            await listeners.discard()
            throw error
        }
        let reachable = try await shop.with { core in
            core.services.reduce(into: [String: Bool]()) { $0[$1.name] = $1.isReachable }
        }
        openPack.withLock { $0 = packName }
        await listeners.commit(reachable: reachable)
        exporters.start()
    }

    private func settings(ports: [String: Int]) throws -> ShopConfiguration {
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
        settings.databaseSchema = configuration.databaseSchema
        settings.collector = configuration.collector
        settings.ports = ports
        settings.host = configuration.reachableHost
        if let sink { settings.logSink = { service, line in sink.write(line, service: service) } }
        return settings
    }

    private func open(_ prepared: PreparedPack, state: String, settings: ShopConfiguration, keepsData: Bool) async throws {
        let snippets = try PageSnippets(configuration.rum, pack: prepared.pack, environment: configuration.environment)
        let listeners = listeners
        try await shop.open { loop in
            let core = try await ShopCore.make(
                prepared, state: state, configuration: settings, on: loop, client: listeners.client, pageProcessor: snippets)
            if !keepsData { try await core.restoreData() }
            core.onReachabilityChange = { service, isReachable in listeners.setReachable(service, isReachable) }
            // No suspension from here on: requests must not come in between.
            listeners.adopt()
            return core
        }
    }

    /// The entry first: at `entry`, the others after it in the pack's order; the pack's own ports when nil.
    static func ports(_ pack: Pack, entry: Int?) -> [(service: String, port: Int)] {
        let order = [pack.entry] + pack.services.filter { $0 != pack.entry && pack.listens($0) }
        guard let entry else { return order.map { ($0, pack.wiring[$0]?["port"]?.value.integer ?? 0) } }
        return order.enumerated().map { ($1, entry == 0 ? 0 : entry + $0) }
    }

    /// The port that each service listens on.
    func ports() async -> [String: Int] { await listeners.ports }

    func close() async {
        await exporters.stop()
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
