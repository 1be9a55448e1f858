import Base
import HTTP
import Storefront

/// The servers of one shop. Lives on the shop's loop.
actor Listeners {
    /// A port and who answers on it.
    private struct Door {
        let server: Server
        let plate: Doorplate
    }

    nonisolated let shop: Shop
    nonisolated let client: Client
    nonisolated var unownedExecutor: UnownedSerialExecutor { shop.loop.asUnownedSerialExecutor() }
    private let host: String
    private var doors: [Door] = []
    /// Who moves in where, between `prepare` and `adopt`.
    private var plan: [(door: Door, service: String)] = []
    /// Doors that nobody needs any more, between `adopt` and `commit`.
    private var leftOver: [Door] = []

    private let recording: ServiceRecording?

    init(shop: Shop, host: String, recording: ServiceRecording?) {
        self.shop = shop
        self.host = host
        self.recording = recording
        client = Client(loop: shop.loop)
    }

    var ports: [String: Int] {
        Dictionary(doors.map { ($0.plate.service, $0.server.port) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Moving in

    /// Opens the ports that are not open yet, before anything else changes. Open ports go on with whom they have.
    ///
    /// - Parameter wanted: Ports by service, the entry first; 0 takes the port that the service has, one that a service leaves, or any.
    /// - Returns: The port that each service will have.
    /// - Throws: `ServerError`; nothing has changed then.
    func prepare(_ wanted: [(service: String, port: Int)]) throws -> [String: Int] {
        discard()
        var free = doors
        func take(_ fits: (Door) -> Bool) -> Door? { free.firstIndex(where: fits).map { free.remove(at: $0) } }
        var chosen: [String: Door] = [:]
        for (service, port) in wanted {
            chosen[service] = take { $0.plate.service == service && (port == 0 || $0.server.port == port) }
        }
        for (service, port) in wanted where chosen[service] == nil {
            chosen[service] = take { port == 0 || $0.server.port == port }
        }
        for (service, port) in wanted {
            let door = chosen[service] ?? makeDoor(service, port)
            plan.append((door, service))
            guard chosen[service] == nil else { continue }
            do {
                try door.server.start()
                door.plate.port = door.server.port
            } catch {
                discard()
                throw error
            }
        }
        return Dictionary(plan.map { ($0.service, $0.door.server.port) }, uniquingKeysWith: { first, _ in first })
    }

    private func makeDoor(_ service: String, _ port: Int) -> Door {
        let (shop, plate) = (shop, Doorplate(service))
        guard let recording else {
            return Door(server: Server(loop: shop.loop, host: host, port: port, immediateHandler: { shop.answer(plate, $0) }), plate: plate)
        }
        let server = Server(loop: shop.loop, host: host, port: port) { request in await shop.answer(plate, request, recording: recording) }
        return Door(server: server, plate: plate)
    }

    /// Closes what `prepare` has opened: nobody moves in.
    func discard() {
        let opened = plan.map(\.door).filter { door in door.server.isListening && !doors.contains { $0.server === door.server } }
        plan = []
        for door in opened { Task(executorPreference: shop.loop) { await self.stop(door.server) } }
    }

    private func stop(_ server: Server) async { await server.stop() }

    /// Puts the new names on the doors. Belongs into the same step as the change of the shop's inside, so that no request meets a service
    /// of the other pack.
    nonisolated func adopt() { assumeIsolated { $0.changePlates() } }

    private func changePlates() {
        let next = plan.map(\.door)
        leftOver = doors.filter { door in !next.contains { $0.server === door.server } }
        for (index, (door, service)) in plan.enumerated() {
            door.plate.service = service
            // The entry is wanted first.
            door.plate.isEntry = index == 0
        }
        doors = next
        plan = []
    }

    /// Opens and closes ports as services are reachable, and closes those that nobody needs any more.
    func commit(reachable: [String: Bool]) async {
        for (service, isReachable) in reachable { await apply(service, isReachable) }
        let old = leftOver
        leftOver = []
        for door in old { await door.server.stop(grace: .seconds(2)) }
    }

    // MARK: Reachability

    nonisolated func setReachable(_ service: String, _ isReachable: Bool) {
        Task(executorPreference: shop.loop) { await self.apply(service, isReachable) }
    }

    private func apply(_ service: String, _ isReachable: Bool) async {
        guard let door = doors.first(where: { $0.plate.service == service }) else { return }
        door.plate.isOpen = isReachable
        while door.server.isListening != door.plate.isOpen {
            guard door.plate.isOpen else {
                await door.server.stop(grace: .seconds(1))
                continue
            }
            // Closing takes its time while requests are in flight, and what was wanted may change meanwhile.
            await door.server.stop()
            if door.plate.isOpen, !door.server.isListening, (try? door.server.start()) == nil { return }
        }
    }

    func close() async {
        discard()
        for door in doors { await door.server.stop(grace: .seconds(1)) }
        doors = []
        client.close()
    }
}
