import Base
import Foundation
import HTTP
import Load
import Packs
import Query
import Storefront
import Telemetry

/// Many shops in one process, with one listener for learners' tools and one for control.
public final class ShopHost: Sendable {
    public let configuration: HostConfiguration
    public let library: PackLibrary
    public let shops: [HostedShop]
    /// Writes live traffic to files, when that is wanted.
    public let recorder: TrafficRecorder?
    private let loops: LoopGroup
    private let state: HostState

    /// - Throws: `SystemError` when the system gives no event loops, or the recording cannot be written.
    public init(_ configuration: HostConfiguration, library: PackLibrary = PackLibrary()) throws {
        self.configuration = configuration
        self.library = library
        let loops = try LoopGroup(count: min(max(1, configuration.shops.count), ProcessInfo.processInfo.activeProcessorCount))
        self.loops = loops
        let recorder = try configuration.recording.map { try TrafficRecorder(path: $0.path, chunkBytes: $0.chunkBytes) }
        self.recorder = recorder
        let recording = recorder.map { ServiceRecording(recorder: $0, services: Set(configuration.recording?.services ?? [])) }
        shops = configuration.shops.enumerated().map { index, request in
            HostedShop(name: request.name, loop: loops[index], library: library, configuration: configuration, recording: recording)
        }
        state = HostState(loop: loops[0], reachableHost: configuration.reachableHost)
    }

    public var mainLoop: EventLoop { loops[0] }

    /// Opens everything. Must run on the main loop.
    public func start() async throws {
        loops.start()
        try await state.leaveOthersInControl(configuration.controlFile)
        do {
            for (hosted, request) in zip(shops, configuration.shops) { try await hosted.open(request.pack, state: request.state, port: request.port, keepsData: true) }
            try await checkRecordedServices()
            try await state.start(self)
        } catch {
            await stop()
            throw error
        }
        for request in configuration.shops { await watch(request.pack) }
    }

    /// Reloads a pack's folder from now on when a file in it changes.
    func watch(_ pack: String) async {
        if configuration.reloadsOnChange, PackLibrary.isFolder(pack) { await state.watch(pack, for: self) }
    }

    /// Closes listeners, then shops.
    public func stop() async {
        await state.stop(configuration.controlFile)
        for hosted in shops { await hosted.close() }
        _ = await recorder?.close()
        loops.stop()
    }

    private func checkRecordedServices() async throws {
        var known: Set<String> = []
        for hosted in shops { known.formUnion(await hosted.servicePorts.keys) }
        for service in configuration.recording?.services ?? [] where !known.contains(service) {
            throw ShopCore.Refusal("there is no service \"\(service)\" to record" + suggestion(for: service, among: known))
        }
    }

    public func shop(named name: String?) throws -> HostedShop {
        guard let name, !name.isEmpty else { return shops[0] }
        guard let shop = shops.first(where: { $0.name == name }) else {
            throw ShopCore.Refusal("there is no shop \"\(name)\"" + suggestion(for: name, among: shops.map(\.name)))
        }
        return shop
    }

    public var observabilityURL: String { get async { await state.observabilityURL } }
    public var controlURL: String { get async { await state.controlURL } }

    /// Answers a learner's tool. Each shop's telemetry is read on the shop's own loop.
    func observe(_ request: Request) async -> Response {
        let target = RequestTarget(request.target)
        do {
            var answer = try await observe(request, of: try shop(named: target.query["shop"]))
            // Who holds a trace id (from a header, a log line, a page) need not know which shop it came from.
            if target.query["shop"] == nil, target.rawPath.hasPrefix("/api/traces/") {
                for hosted in shops.dropFirst() where answer?.status == 404 { answer = try await observe(request, of: hosted) }
            }
            return answer ?? Response(status: 404, headers: ["Content-Type": "text/plain"], body: Array("see /api/services, /api/traces, /api/logs, /api/events, /metrics, /api/v1/query, /ServiceGraph\n".utf8))
        } catch {
            return Response(status: 404, headers: ["Content-Type": "text/plain"], body: Array("\(error)\n".utf8))
        }
    }

    private func observe(_ request: Request, of hosted: HostedShop) async throws -> Response? {
        try await hosted.shop.with { core in
            core.refreshMetrics()
            core.collector?.advance(to: core.world.now)
            return ObservabilityAPI(shops: [(name: hosted.name, recorder: core.recorder)], now: core.world.now, where: core.isSeen).answer(request)
        }
    }
}

/// Event loops, one thread each; the first is the caller's.
final class LoopGroup: Sendable {
    private let loops: [EventLoop]
    private let ends: [LoopEnd]

    init(count: Int) throws {
        var loops: [EventLoop] = []
        for _ in 0..<count { loops.append(try EventLoop()) }
        self.loops = loops
        ends = loops.map { LoopEnd(loop: $0) }
    }

    subscript(_ index: Int) -> EventLoop { loops[index % loops.count] }

    /// Starts threads for all loops but the first, which the caller runs.
    func start() {
        for (loop, end) in zip(loops, ends).dropFirst() {
            let thread = Thread { _ = try? loop.run { await end.wait() } }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    func stop() { for end in ends { end.signal() } }
}

/// Keeps a loop running until it is told to stop.
public actor LoopEnd {
    private nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var continuation: CheckedContinuation<Void, Never>?
    private var isSignalled = false

    public init(loop: EventLoop) { self.loop = loop }

    public func wait() async {
        if isSignalled { return }
        await withCheckedContinuation { continuation = $0 }
    }

    public nonisolated func signal() { Task(executorPreference: loop) { await self.end() } }

    private func end() {
        isSignalled = true
        continuation?.resume()
        continuation = nil
    }
}
