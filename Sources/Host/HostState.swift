import Base
import Foundation
import HTTP
import Storefront

/// The host's own listeners. Lives on the main loop.
actor HostState {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var observability: Server?
    private var control: Server?
    private var file: ControlFile?
    private var watcher: FolderWatcher?
    private let reachableHost: String

    /// Jaeger's query port, so that its clients find us; any free one when it is taken.
    private static let observabilityPort = 16686

    init(loop: EventLoop, reachableHost: String) {
        self.loop = loop
        self.reachableHost = reachableHost
    }

    var observabilityURL: String { "http://\(reachableHost):\(observability?.port ?? 0)" }
    var controlURL: String { "http://127.0.0.1:\(control?.port ?? 0)" }

    func start(_ host: ShopHost) throws {
        let configuration = host.configuration
        let wanted = configuration.observabilityPort
        do {
            observability = try server(configuration.host, wanted ?? Self.observabilityPort) { await host.observe($0) }
        } catch where wanted == nil {
            observability = try server(configuration.host, 0) { await host.observe($0) }
        }
        let token = World.real(loop: loop).token(length: 43)
        let api = ControlAPI(host: host, token: token)
        // Control listens on loopback whatever the shops do: the token travels unencrypted.
        let control = try server("127.0.0.1", configuration.controlPort) { await api.answer($0) }
        self.control = control
        let file = ControlFile(url: "http://127.0.0.1:\(control.port)", token: token, processID: Int(ProcessInfo.processInfo.processIdentifier))
        try file.write(to: configuration.controlFile)
        self.file = file
    }

    /// Commands find one host by one file: a second host that took the file over would leave the first without commands, and both without
    /// any once it ends.
    ///
    /// - Throws: `ControlFileInUse` when the host that wrote the file still answers; a file that a killed host left behind is nobody's.
    func leaveOthersInControl(_ path: String) async throws {
        guard let file = ControlFile.read(path) else { return }
        let client = Client(loop: loop)
        defer { client.close() }
        let question = ClientRequest(url: file.url + "/v1/status", headers: ["Authorization": "Bearer \(file.token)"], timeout: .seconds(2))
        guard let answer = try? await client.send(question), answer.status == 200 else { return }
        throw ControlFileInUse(path: path, processID: file.processID)
    }

    private func server(_ host: String, _ port: Int, _ handler: @escaping Server.Handler) throws -> Server {
        let server = Server(loop: loop, host: host, port: port, limits: ServerLimits(bodyBytes: 16 << 20), handler: handler)
        try server.start()
        return server
    }

    func watch(_ folder: String, for host: ShopHost) {
        let watcher = watcher ?? FolderWatcher(loop: loop) { [weak host] folder in
            guard let host else { return }
            Task(executorPreference: host.mainLoop) { await host.reload(folder) }
        }
        watcher.watch(folder)
        self.watcher = watcher
    }

    func stop(_ path: String) async {
        file?.remove(from: path)
        await observability?.stop(grace: .seconds(1))
        await control?.stop(grace: .seconds(1))
        watcher?.stop()
        watcher = nil
    }
}
