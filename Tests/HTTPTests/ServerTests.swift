import Base
import Testing

@testable import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct ServerTests {
    @Test func `a connection serves one request after the other`() throws {
        try withServer(handler: echo) { server in
            let (answers, open) = try await Wire.run(port: server.port) { wire in
                try (1...3).map { number in
                    try wire.send("GET /\(number)?q=%20a HTTP/1.1\r\nHost: x\r\n\r\n")
                    return try wire.readAnswer()
                }
            } and: { server.activeConnections }
            #expect(answers.map { $0.headers["X-Target"] } == ["/1?q=%20a", "/2?q=%20a", "/3?q=%20a"])
            #expect(answers.allSatisfy { $0.headers["Date"] != nil && $0.headers["Server"] == nil })
            #expect(open <= 1)
        }
    }

    @Test func `three requests in one write are answered in order`() throws {
        try withServer(handler: echo) { server in
            let answers = try await Wire.run(port: server.port) { wire in
                try wire.send(
                    "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.1\r\nHost: x\r\n\r\n"
                )
                return try (1...3).map { _ in try wire.readAnswer() }
            }
            #expect(answers.map(\.body) == ["GET ", "POST abc", "GET "])
            #expect(answers.map { $0.headers["X-Target"] } == ["/a", "/b", "/c"])
        }
    }

    @Test func `a chunked request body arrives whole`() throws {
        try withServer(handler: echo) { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                try wire.send("6;note=1\r\n world\r\n0\r\n\r\n")
                return try wire.readAnswer()
            }
            #expect(answer.body == "POST hello world")
        }
    }

    @Test func `100-continue is sent before the body`() throws {
        try withServer(handler: echo) { server in
            let (interim, answer) = try await Wire.run(port: server.port) { wire in
                try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
                let interim = try wire.readAnswer()
                try wire.send("hi")
                return (interim.status, try wire.readAnswer())
            }
            #expect(interim == 100)
            #expect(answer.body == "POST hi")
        }
    }

    @Test func `request headers keep order, repeats and spelling`() throws {
        try withServer { request in
            Response(status: 200, body: Array(request.headers.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|").utf8))
        } _: { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\nX-b: 1\r\nx-A: 2\r\nX-B: 3\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n")
                return try wire.readAnswer()
            }
            #expect(answer.body == "Host=x|X-b=1|x-A=2|X-B=3|Cookie=a=1|cookie=b=2")
        }
    }

    @Test func `response headers keep order and repeats`() throws {
        try withServer { _ in
            var headers = Headers(["Set-Cookie": "a=1", "X-One": "1"])
            headers.add("Set-Cookie", "b=2")
            headers.add("X-Bad", "1\r\nInjected: yes")
            return Response(status: 200, headers: headers)
        } _: { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return try wire.readAnswer()
            }
            #expect(answer.headers.values("Set-Cookie") == ["a=1", "b=2"])
            #expect(answer.headers["Injected"] == nil)
            #expect(answer.headers.fields.filter { ["Set-Cookie", "X-One"].contains($0.name) }.map(\.name) == ["Set-Cookie", "X-One", "Set-Cookie"])
        }
    }

    @Test func `HEAD gives the length and no body`() throws {
        try withServer { request in
            if request.target == "/left-out" { return Response(status: 200, headers: Headers(["Content-Length": "12345"])) }
            return Response(status: 200, body: Array("eleven byte".utf8))
        } _: { server in
            let answers = try await Wire.run(port: server.port) { wire in
                try ["/", "/left-out"].map { target in
                    try wire.send("HEAD \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
                    return try wire.readAnswer(hasBody: false)
                } + [wire.finish("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
            }
            #expect(answers.map { $0.headers["Content-Length"] } == ["11", "12345", "11"])
            #expect(answers[2].body == "eleven byte")
        }
    }

    @Test(arguments: [
        (414, "GET /" + String(repeating: "a", count: 20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
        (431, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + String(repeating: "a", count: 20_000) + "\r\n\r\n"),
        (431, "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 100) + "\r\n"),
        (413, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + String(repeating: "a", count: 2_000)),
        (413, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"),
        (413, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n"),
        (
            413,
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + String(repeating: "a", count: 2_000)
                + "\r\n0\r\n\r\n"
        ),
        (400, "GET / HTTP/1.1\r\n\r\n"), (400, "GET / HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        (200, "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 99) + "\r\n"),
        (200, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "a", count: 1_000)),
    ]) func `limits and mistakes have their status`(status: Int, text: String) throws {
        try withServer(limits: ServerLimits(bodyBytes: 1_000)) { request in
            Response(status: status == 200 ? 200 : 599)
        } _: { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send(text)
                return try wire.readAnswer()
            }
            #expect(answer.status == status)
        }
    }

    @Test func `a paced body is sent piece by piece after its delays`() throws {
        try withServer { _ in
            var response = Response(status: 200)
            response.body = .paced([
                .init(Array("one".utf8)), .init(after: .milliseconds(30), Array("three".utf8)), .init(after: .milliseconds(20), []),
                .init(Array("!".utf8)),
            ])
            return response
        } _: { server in
            let start = server.loop.now
            let answers = try await Wire.run(port: server.port) { wire in
                try (1...2).map { _ in
                    try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    return try wire.readAnswer()
                }
            }
            #expect(answers.map(\.body) == ["onethree!", "onethree!"])
            #expect(answers[0].chunks == [3, 5, 1])
            #expect(server.loop.now - start >= .milliseconds(100))
        }
    }

    @Test func `a long paced piece is cut into chunks and arrives whole`() throws {
        let bytes = (0..<200_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        try withServer { _ in
            var response = Response(status: 200)
            response.body = .paced([.init(after: .milliseconds(1), bytes)])
            return response
        } _: { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return try wire.readAnswer()
            }
            #expect(answer.body == String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `ending reset cuts the connection without an answer`() throws {
        try withServer { _ in Response(status: 200, body: Array("never".utf8), ending: .reset) } _: { server in
            await #expect(throws: Wire.Failure(call: "recv", code: ECONNRESET)) {
                try await Wire.run(port: server.port) { wire in
                    try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    return try wire.readToEnd()
                }
            }
        }
    }

    @Test func `ending close says so and closes`() throws {
        try withServer { _ in Response(status: 200, body: Array("bye".utf8), ending: .close) } _: { server in
            let text = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return try wire.readToEnd()
            }
            #expect(text.lowercased().contains("connection: close\r\n"))
            #expect(text.hasSuffix("\r\n\r\nbye"))
        }
    }

    @Test func `large response headers and bodies arrive`() throws {
        let value = String(repeating: "v", count: 6_000)
        let body = [UInt8](repeating: 65, count: 3_000_000)
        try withServer { _ in Response(status: 200, headers: Headers(["X-Large": value]), body: body) } _: { server in
            let answer = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\nX-Some: \(String(repeating: "a", count: 2_000))\r\n\r\n")
                return try wire.readAnswer()
            }
            #expect(answer.headers["X-Large"] == value)
            #expect(answer.body.utf8.count == body.count)
        }
    }

    @Test func `a stopped server refuses connections and starts again on its port`() throws {
        try withServer(handler: echo) { server in
            let port = server.port
            for _ in 1...3 {
                await server.stop()
                await #expect(throws: Wire.Failure(call: "connect", code: ECONNREFUSED)) { try await Wire.run(port: port) { _ in } }
                try server.start()
                #expect(server.port == port)
                let answer = try await Wire.run(port: port) { wire in try wire.finish("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `stopping lets a request in flight finish, then closes its connection`() throws {
        let gate = Gate()
        try withServer { _ in
            await gate.enter()
            return Response(status: 200, body: Array("done".utf8))
        } _: { server in
            async let text = Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return try wire.readToEnd()
            }
            await gate.waitUntilEntered()
            let port = server.port
            let stopping = Task(executorPreference: server.loop) { await server.stop() }
            while server.isListening { await Task.yield() }
            await #expect(throws: Wire.Failure(call: "connect", code: ECONNREFUSED)) { try await Wire.run(port: port) { _ in } }
            gate.open()
            let answer = try await text
            #expect(answer.hasSuffix("done"))
            await stopping.value
        }
    }

    @Test func `a request that outlives the grace time is cut and its handler cancelled`() throws {
        let gate = Gate()
        let wasCancelled = try withServer { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { server in
            async let text = Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                return try wire.readToEnd()
            }
            await gate.waitUntilEntered()
            await server.stop(grace: .milliseconds(10))
            let answer = try await text
            #expect(answer == "")
            // The handler ends long after its connection: its response is dropped.
            gate.open()
            return await gate.wasCancelled()
        }
        #expect(wasCancelled)
    }

    @Test func `a paced body that outlives the grace time is cut`() throws {
        try withServer { _ in
            var response = Response(status: 200)
            response.body = .paced([.init(Array("first".utf8)), .init(after: .seconds(3_600), Array("second".utf8))])
            return response
        } _: { server in
            let (firstPieces, firstPiece) = AsyncStream.makeStream(of: Void.self)
            async let text = Wire.run(port: server.port) { wire in
                defer { firstPiece.finish() }
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                while try wire.readLine() != "first" {}
                firstPiece.finish()
                return try wire.readToEnd()
            }
            for await _ in firstPieces {}
            await server.stop(grace: .milliseconds(50))
            let rest = try await text
            #expect(!rest.contains("second"))
        }
    }

    @Test func `a client that leaves while its handler waits does no harm`() throws {
        let gate = Gate()
        try withServer { request in
            if request.target == "/slow" { await gate.enter() }
            return Response(status: 200, body: Array("ok".utf8))
        } _: { server in
            try await Wire.run(port: server.port) { wire in try wire.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") }
            await gate.waitUntilEntered()
            gate.open()
            let answer = try await Wire.run(port: server.port) { wire in try wire.finish("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            #expect(answer.body == "ok")
        }
    }

    @Test func `an idle connection is closed after its limit`() throws {
        try withServer(limits: ServerLimits(idleSeconds: 1), handler: echo) { server in
            let start = server.loop.now
            let text = try await Wire.run(port: server.port) { wire in
                try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try wire.readAnswer()
                return try wire.readToEnd()
            }
            #expect(text == "")
            #expect((Duration.milliseconds(900)...Duration.seconds(5)).contains(server.loop.now - start))
        }
    }

    @Test func `a taken port is reported with its number`() throws {
        try withServer(handler: echo) { server in
            let other = Server(loop: server.loop, host: "127.0.0.1", port: server.port, handler: echo)
            #expect(throws: ServerError.cannotListen(host: "127.0.0.1", port: server.port, code: EADDRINUSE)) { try other.start() }
            #expect(throws: ServerError.alreadyStarted(port: server.port)) { try server.start() }
            let nameless = Server(loop: server.loop, host: "example.com", port: 0, handler: echo)
            #expect(throws: ServerError.invalidHost("example.com")) { try nameless.start() }
        }
    }

    @Test func `the handler sees the peer's address and runs on the loop`() throws {
        let loop = try EventLoop()
        try loop.run {
            for (host, expected) in [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "127.0.0.1")] {
                let server = Server(loop: loop, host: host, port: 0) { request in
                    Response(status: loop.isOnLoop ? 200 : 500, body: Array(request.remoteAddress.utf8))
                }
                try server.start()
                let client = Client(loop: loop)
                let target = host == "::1" ? "[::1]" : "127.0.0.1"
                let response = try await client.send(ClientRequest(url: "http://\(target):\(server.port)/"))
                #expect(response.status == 200)
                #expect(String(decoding: response.body, as: UTF8.self) == expected)
                client.close()
                await server.stop()
            }
        }
    }

    @Test func `random bytes do not harm the server`() throws {
        // The library may miss that a client left in the middle of a request; then the idle limit ends the connection.
        try withServer(limits: ServerLimits(idleSeconds: 1), handler: echo) { server in
            let port = server.port
            try await WorkerPool.shared.run {
                var random = SeededRandom(seed: 7)
                for _ in 0..<4 {
                    let wires = try (0..<100).map { _ in try Wire(port: port) }
                    for wire in wires {
                        // The server may hang up in the middle of it.
                        try? wire.send(Noise.request(using: &random))
                        wire.finishSending()
                    }
                    for wire in wires { _ = try? wire.readToEnd() }
                }
            }
            let answer = try await Wire.run(port: port) { wire in try wire.finish("GET /still HTTP/1.1\r\nHost: x\r\n\r\n") }
            #expect(answer.headers["X-Target"] == "/still")
        }
    }
}

extension Wire {
    /// Sends a request and reads its answer.
    func finish(_ text: String) throws -> Answer {
        try send(text)
        return try readAnswer()
    }

    static func run<A: Sendable, B: Sendable>(
        port: Int, _ body: @escaping @Sendable (Wire) throws -> A, and then: () -> B
    ) async throws -> (A, B) {
        let first = try await run(port: port, body)
        return (first, then())
    }
}

/// Holds handlers until a test lets them go on.
// @unchecked Sendable: touched only on the server's loop.
final class Gate: @unchecked Sendable {
    private var isOpen = false
    private var hasEntered = false
    private var sawCancellation: Bool?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private func wait(until condition: () -> Bool) async {
        // Suspending gives way to other work first, which may be what is waited for.
        while !condition() { await withCheckedContinuation { if condition() { $0.resume() } else { waiting.append($0) } } }
    }

    private func wake() {
        let woken = waiting
        waiting = []
        for continuation in woken { continuation.resume() }
    }

    func enter() async {
        hasEntered = true
        wake()
        await wait { isOpen }
        sawCancellation = Task.isCancelled
        wake()
    }

    func waitUntilEntered() async { await wait { hasEntered } }

    func open() {
        isOpen = true
        wake()
    }

    func wasCancelled() async -> Bool {
        await wait { sawCancellation != nil }
        return sawCancellation!
    }
}
