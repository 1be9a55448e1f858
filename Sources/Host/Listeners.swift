import Base
import HTTP
import Storefront

/// The servers of one shop. Lives on the shop's loop.
actor Listeners {
    nonisolated let shop: Shop
    nonisolated let client: Client
    nonisolated var unownedExecutor: UnownedSerialExecutor { shop.loop.asUnownedSerialExecutor() }
    private let host: String
    /// Servers by service.
    private var servers: [String: Server] = [:]
    private var prepared: [String: Server] = [:]

    init(shop: Shop, host: String) {
        self.shop = shop
        self.host = host
        client = Client(loop: shop.loop)
    }

    var ports: [String: Int] { servers.mapValues(\.port) }

    /// Opens the ports that are not open yet, before anything else changes.
    ///
    /// - Throws: `ServerError`; nothing has changed then.
    func prepare(_ ports: [String: Int]) throws {
        for (service, port) in ports.sorted(by: { $0.key < $1.key }) where servers[service].map({ $0.port != port && port != 0 }) ?? true {
            let shop = shop
            let server = Server(loop: shop.loop, host: host, port: port) { request in await shop.handle(service, request) }
            // A port that another service of this shop has is taken over in `commit`.
            if !servers.values.contains(where: { $0.port == port }) {
                do { try server.start() } catch {
                    discard()
                    throw error
                }
            }
            prepared[service] = server
        }
    }

    private func discard() {
        let opened = prepared.values
        prepared = [:]
        for server in opened where server.isListening { Task(executorPreference: shop.loop) { await self.stop(server) } }
    }

    private func stop(_ server: Server) async { await server.stop() }

    /// Takes the prepared ports into use and closes those that nobody needs any more.
    func commit(_ ports: [String: Int], reachable: [String: Bool]) async throws {
        for (service, server) in servers where ports[service] == nil || prepared[service] != nil {
            servers[service] = nil
            await server.stop(grace: .seconds(2))
        }
        for (service, server) in prepared {
            if !server.isListening { try server.start() }
            servers[service] = server
        }
        prepared = [:]
        for (service, isReachable) in reachable { await apply(service, isReachable) }
    }

    nonisolated func setReachable(_ service: String, _ isReachable: Bool) {
        Task(executorPreference: shop.loop) { await self.apply(service, isReachable) }
    }

    private func apply(_ service: String, _ isReachable: Bool) async {
        guard let server = servers[service], server.isListening != isReachable else { return }
        if isReachable { try? server.start() } else { await server.stop(grace: .seconds(1)) }
    }

    func close() async {
        for server in servers.values { await server.stop(grace: .seconds(1)) }
        servers = [:]
        client.close()
    }
}
