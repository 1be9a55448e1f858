import Base
import Testing

@testable import HTTP

/// Many connections at once. Clients are opened and their requests sent on the loop's own thread: the kernel takes them, and the server
/// finds them all ready when the loop goes on.
@Suite struct CrowdTests {
    private static let get = "GET /many HTTP/1.1\r\nHost: x\r\n\r\n"

    init() {
        // Each connection has two ends here, and suites run side by side.
        DescriptorTable.prepare(for: 8_192)
    }

    // MARK: Turns

    @Test func `a crowd's requests do not keep another server's waiting`() throws {
        let gate = Gate()
        try withServer { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { crowded in
            let other = Server(loop: crowded.loop, host: "127.0.0.1", port: 0) { _ in
                Response(status: 200, body: Array("\(crowded.exchanges.all.count)".utf8))
            }
            try other.start()
            let crowd = try await Self.connect(600, to: crowded)
            let single = try await Self.connect(1, to: other)[0]
            for wire in crowd { try wire.send(Self.get) }
            try single.send(Self.get)
            try await crowded.until { other.exchanges.isEmpty && crowded.exchanges.all.count == 600 }
            // How many of the crowd's requests had been read when the other one was handled.
            let readBefore = try #require(Int(try single.readAnswer().body))
            #expect(readBefore < 400)
            gate.open()
            await other.stop()
        }
    }

    @Test func `a crowd's requests for one route do not keep another route waiting`() throws {
        let order = Order()
        try withServer { request in
            order.targets.append(request.target)
            return Response(status: 200)
        } _: { server in
            let early = try await Self.connect(1, to: server)[0]
            let crowd = try await Self.connect(600, to: server)
            for wire in crowd { try wire.send(Self.get) }
            try early.send("GET /other?last=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            try await server.until { order.targets.count == 601 }
            let place = try #require(order.targets.firstIndex(of: "/other?last=1"))
            #expect(place < 300)
        }
    }

    @Test func `a crowd that leaves does not keep those waiting who were there before`() throws {
        let seen = Order()
        try withServer { [seen] _ in
            seen.mark()
            return Response(status: 200)
        } _: { server in
            let early = try await Self.connect(1, to: server)[0]
            var crowd = try await Self.connect(600, to: server)
            seen.mark = { seen.targets.append("\(server.activeConnections)") }
            crowd.removeAll()
            try early.send(Self.get)
            try await server.until { !seen.targets.isEmpty && server.activeConnections == 1 }
            #expect(try #require(Int(seen.targets[0])) > 200)
            #expect(crowd.isEmpty)
            seen.mark = {}
        }
    }

    // MARK: Daemons

    @Test func `a run of the library serves few connections, and daemons go when nobody needs them`() throws {
        try withServer(handler: echo) { server in
            var crowd = try await Self.connect(300, to: server)
            let lanes = try #require(server.lanes)
            let daemons = lanes.regulars.daemons + lanes.crowd.daemons
            #expect(daemons.allSatisfy { (1...Daemon.fullCount).contains($0.connectionCount) })
            #expect(lanes.connectionCount == 300)
            #expect(lanes.crowd.connectionCount >= 150)
            crowd.removeAll()
            try await server.until { server.activeConnections == 0 }
            #expect(lanes.regulars.daemons.count == 1)
            #expect(lanes.crowd.daemons.count <= 1)
            #expect(crowd.isEmpty)
        }
    }

    @Test func `the limit of connections holds over all daemons, and newcomers wait`() throws {
        let order = Order()
        try withServer(limits: ServerLimits(connections: 100)) { request in
            order.targets.append(request.target)
            return Response(status: 200)
        } _: { server in
            var wires = try (0..<150).map { _ in try Wire(port: server.port) }
            for wire in wires { try wire.send(Self.get) }
            try await server.until { order.targets.count == 100 }
            for _ in 0..<100 { await server.loop.hop() }
            #expect(server.activeConnections == 100)
            #expect(order.targets.count == 100)
            wires.removeFirst(50)
            try await server.until { order.targets.count == 150 && server.exchanges.isEmpty }
            #expect(server.activeConnections == 100)
            for wire in wires { #expect(try wire.readAnswer().status == 200) }
        }
    }

    // MARK: Stopping

    @Test func `stopping answers a crowd's requests in flight, and the server starts again`() throws {
        let order = Order()
        try withServer { request in
            order.targets.append(request.target)
            await order.gate.enter()
            return Response(status: 200, body: Array("done".utf8))
        } _: { server in
            let port = server.port
            for round in 1...2 {
                order.gate = Gate()
                let crowd = try await Self.connect(200, to: server)
                for wire in crowd { try wire.send(Self.get) }
                try await server.until { order.targets.count == 200 * round }
                let stopping = Task(executorPreference: server.loop) { await server.stop() }
                try await server.until { !server.isListening }
                #expect(server.activeConnections == 200)
                order.gate.open()
                await stopping.value
                #expect(server.activeConnections == 0)
                for wire in crowd { #expect(try wire.readToEnd().hasSuffix("done")) }
                try server.start()
                #expect(server.port == port)
            }
        }
    }

    @Test func `what waits to be begun is given up when the grace time is over`() throws {
        let gate = Gate()
        try withServer { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { server in
            let crowd = try await Self.connect(300, to: server)
            for wire in crowd { try wire.send(Self.get) }
            try await server.until { server.exchanges.all.count > 100 }
            await server.stop(grace: .zero)
            #expect(server.activeConnections == 0)
            for wire in crowd { #expect((try? wire.readToEnd()) ?? "" == "") }
            gate.open()
        }
    }

    private static func connect(_ count: Int, to server: Server) async throws -> [Wire] {
        let before = server.activeConnections
        let wires = try (0..<count).map { _ in try Wire(port: server.port) }
        try await server.until { server.activeConnections == before + count }
        return wires
    }
}

/// What handlers have seen, in order.
// @unchecked Sendable: touched only on the server's loop.
private final class Order: @unchecked Sendable {
    var targets: [String] = []
    var mark: () -> Void = {}
    var gate = Gate()
}

extension Server {
    struct TooLate: Error {}

    /// Lets the loop work until something is so.
    ///
    /// - Throws: `TooLate` after 20 seconds.
    fileprivate func until(_ condition: () -> Bool) async throws {
        let deadline = loop.now + .seconds(20)
        while !condition() {
            guard loop.now < deadline else { throw TooLate() }
            await loop.hop()
        }
    }
}
