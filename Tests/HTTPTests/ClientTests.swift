import Base
import Synchronization
import Testing

@testable import HTTP

@Suite struct ClientTests {
    private func withClient(
        options: ClientOptions = .default, limits: ServerLimits = .default, handler: @escaping Server.Handler = echo,
        _ body: @escaping @Sendable (Client, Server, String) async throws -> Void
    ) throws {
        try withServer(limits: limits, handler: handler) { server in
            let client = Client(loop: server.loop, options: options)
            defer { client.close() }
            try await body(client, server, "http://127.0.0.1:\(server.port)")
        }
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"], ["", "some body"])
    func `methods and bodies arrive`(method: String, body: String) throws {
        try withClient { client, _, base in
            let response = try await client.send(ClientRequest(method: method, url: base + "/a%20b?c", body: Array(body.utf8)))
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self) == "\(method) \(body)")
            #expect(response.headers["x-target"] == "/a%20b?c")
            #expect(response.httpVersion == "1.1")
            #expect(response.remoteAddress == "127.0.0.1")
            #expect(response.effectiveURL == base + "/a%20b?c")
        }
    }

    @Test func `only the given headers and the framing are sent`() throws {
        try withClient { request in
            Response(status: 200, body: Array(request.headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n").utf8))
        } _: { client, server, base in
            let headers = Headers(["X-B": "1", "x-a": "2", "X-B": "3", "X-Empty": "", "Content-Length": "77"])
            let response = try await client.send(ClientRequest(method: "POST", url: base, headers: headers, body: [65, 66]))
            #expect(
                String(decoding: response.body, as: UTF8.self)
                    == "Host: 127.0.0.1:\(server.port)\nX-B: 1\nx-a: 2\nX-B: 3\nX-Empty: \nContent-Length: 2")
        }
    }

    @Test func `a header with a line break is not sent`() throws {
        try withClient { client, _, base in
            for headers in [Headers(["X": "1\r\nY: 2"]), Headers(["X Y": "1"]), Headers(["": "1"])] {
                await #expect(throws: ClientError.self) { _ = try await client.send(ClientRequest(url: base, headers: headers)) }
            }
            #expect(client.activeRequests == 0)
        }
    }

    @Test func `many requests at once share a limited number of connections`() throws {
        try withClient(options: ClientOptions(connectionsPerHost: 2)) { client, server, base in
            let targets = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 1...40 {
                    group.addTask { try await client.send(ClientRequest(url: "\(base)/\(number)")).headers["X-Target"] }
                }
                var targets: Set<String> = []
                for try await target in group { targets.insert(target ?? "") }
                return targets
            }
            #expect(targets == Set((1...40).map { "/\($0)" }))
            #expect((1...2).contains(server.activeConnections))
        }
    }

    @Test func `the phases of an exchange add up to its total`() throws {
        try withClient { _ in
            var response = Response(status: 200)
            response.body = .paced([.init(after: .milliseconds(30), [65]), .init(after: .milliseconds(40), [66])])
            return response
        } _: { client, _, base in
            let timings = try await client.send(ClientRequest(url: base)).timings
            let parts = [timings.dns, timings.connect, timings.tls, timings.firstByte, timings.download, timings.redirect]
            #expect(parts.allSatisfy { $0 >= .zero })
            #expect(parts.reduce(.zero, +) == timings.total)
            #expect(timings.tls == .zero)
            #expect(timings.download >= .milliseconds(35))
            #expect(timings.total >= .milliseconds(70))
        }
    }

    @Test(arguments: [
        (dns: 10, connected: 30, secured: 70, firstByte: 100, total: 150, expected: [10, 20, 40, 30, 50]),
        (dns: 5, connected: 5, secured: 0, firstByte: 20, total: 20, expected: [5, 0, 0, 15, 0]),
        (dns: 9, connected: 0, secured: 0, firstByte: 4, total: 20, expected: [9, 0, 0, 0, 11]),
        (dns: 30, connected: 40, secured: 0, firstByte: 0, total: 20, expected: [20, 0, 0, 0, 0]),
    ] as [(dns: Int64, connected: Int64, secured: Int64, firstByte: Int64, total: Int64, expected: [Int64])])
    func `points in time become phases`(
        row: (dns: Int64, connected: Int64, secured: Int64, firstByte: Int64, total: Int64, expected: [Int64])
    ) {
        let timings = ClientResponse.Timings(
            dns: row.dns, connected: row.connected, secured: row.secured, firstByte: row.firstByte, total: row.total)
        #expect(
            [timings.dns, timings.connect, timings.tls, timings.firstByte, timings.download] == row.expected.map { .microseconds($0) })
        #expect(timings.total == .microseconds(row.total))
    }

    @Test func `nobody listening is reported as refused`() throws {
        try withClient { client, server, base in
            await server.stop()
            await #expect(throws: ClientError.connectionRefused(host: "127.0.0.1", port: server.port)) {
                _ = try await client.send(ClientRequest(url: base))
            }
        }
    }

    @Test func `mistakes have their error`() throws {
        try withClient { client, _, _ in
            for url in ["", "ftp://127.0.0.1/", "http://", "http://a b/", "file:///etc/passwd"] {
                await #expect(throws: ClientError.invalidURL(url)) { _ = try await client.send(ClientRequest(url: url)) }
            }
            await #expect(throws: ClientError.nameNotResolved(host: "no-such-name.invalid")) {
                _ = try await client.send(ClientRequest(url: "http://no-such-name.invalid/"))
            }
        }
    }

    @Test func `a cut connection is reported as reset`() throws {
        try withClient { _ in Response(status: 200, ending: .reset) } _: { client, _, base in
            await #expect(throws: ClientError.connectionReset) { _ = try await client.send(ClientRequest(url: base)) }
        }
    }

    @Test(arguments: [(true, 4), (false, 2)]) func `what is lost on a kept connection is sent again, or told`(repeats: Bool, received: Int) throws {
        let count = Mutex(0)
        let options = ClientOptions(repeatsLostRequests: repeats)
        try withClient(options: options) { _ in
            let number = count.withLock { $0 += 1; return $0 }
            return number == 2 ? Response(status: 200, ending: .reset) : Response(status: 200)
        } _: { client, _, base in
            _ = try await client.send(ClientRequest(url: base))
            if repeats {
                _ = try await client.send(ClientRequest(url: base))
                _ = try await client.send(ClientRequest(url: base))
            } else {
                await #expect(throws: ClientError.connectionReset) { _ = try await client.send(ClientRequest(url: base)) }
            }
            #expect(count.withLock { $0 } == received)
        }
    }

    @Test func `time runs out`() throws {
        let gate = Gate()
        try withClient { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { client, server, base in
            let start = server.loop.now
            await #expect(throws: ClientError.timedOut(after: .milliseconds(50))) {
                _ = try await client.send(ClientRequest(url: base, timeout: .milliseconds(50)))
            }
            #expect((Duration.milliseconds(45)...Duration.seconds(5)).contains(server.loop.now - start))
            gate.open()
        }
    }

    @Test func `cancelling the task ends the transfer`() throws {
        let gate = Gate()
        try withClient { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { client, server, base in
            let sending = Task(executorPreference: server.loop) { try await client.send(ClientRequest(url: base, timeout: nil)) }
            await gate.waitUntilEntered()
            #expect(client.activeRequests == 1)
            sending.cancel()
            await #expect(throws: ClientError.cancelled) { _ = try await sending.value }
            #expect(client.activeRequests == 0)
            gate.open()
        }
    }

    @Test func `closing ends what is under way and what comes later`() throws {
        let gate = Gate()
        try withClient { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { client, server, base in
            let sending = Task(executorPreference: server.loop) { try await client.send(ClientRequest(url: base)) }
            await gate.waitUntilEntered()
            client.close()
            await #expect(throws: ClientError.cancelled) { _ = try await sending.value }
            await #expect(throws: ClientError.cancelled) { _ = try await client.send(ClientRequest(url: base)) }
            gate.open()
        }
    }

    @Test func `a body beyond the limit fails`() throws {
        try withClient(options: ClientOptions(bodyLimitBytes: 1_000)) { request in
            Response(status: 200, body: [UInt8](repeating: 65, count: request.target == "/small" ? 1_000 : 1_001))
        } _: { client, _, base in
            let small = try await client.send(ClientRequest(url: base + "/small"))
            #expect(small.body.count == 1_000)
            await #expect(throws: ClientError.bodyTooLarge(limitBytes: 1_000)) {
                _ = try await client.send(ClientRequest(url: base + "/large"))
            }
        }
    }

    private static let redirecting: Server.Handler = { request in
        let parts = request.target.split(separator: "/")
        guard parts.first == "hop", let status = Int(parts[1]), let left = Int(parts[2]), left > 0 else { return await echo(request) }
        return Response(status: status, headers: Headers(["Location": "/hop/\(status)/\(left - 1)"]))
    }

    @Test(arguments: [
        (301, "POST", "GET "), (302, "POST", "GET "), (303, "PUT", "GET "), (307, "POST", "POST body"), (308, "PUT", "PUT body"),
        (302, "PUT", "PUT body"),
    ]) func `redirects change the method as browsers do`(status: Int, method: String, expected: String) throws {
        try withClient(handler: Self.redirecting) { client, _, base in
            let request = ClientRequest(method: method, url: "\(base)/hop/\(status)/2", body: Array("body".utf8), redirectLimit: 5)
            let response = try await client.send(request)
            #expect(String(decoding: response.body, as: UTF8.self) == expected)
            #expect(response.effectiveURL == "\(base)/hop/\(status)/0")
            #expect(response.timings.redirect > .zero)
        }
    }

    @Test func `redirects are followed up to the limit only`() throws {
        try withClient(handler: Self.redirecting) { client, _, base in
            let plain = try await client.send(ClientRequest(url: base + "/hop/302/2"))
            #expect(plain.status == 302)
            #expect(plain.headers["Location"] == "/hop/302/1")
            let followed = try await client.send(ClientRequest(url: base + "/hop/302/2", redirectLimit: 2))
            #expect(followed.status == 200)
            await #expect(throws: ClientError.tooManyRedirects) {
                _ = try await client.send(ClientRequest(url: base + "/hop/302/3", redirectLimit: 2))
            }
        }
    }

    @Test func `a redirect to another origin loses credentials`() throws {
        var hop = Hop(ClientRequest(url: "http://a/", headers: Headers(["Authorization": "x", "Cookie": "y", "X": "z"]), redirectLimit: 2))
        let response = ClientResponse(
            status: 302, httpVersion: "1.1", headers: Headers(), body: [], timings: .init(), effectiveURL: "http://a/", remoteAddress: "")
        try hop.follow(response, to: "http://a:80/next")
        #expect(hop.request.headers.fields.count == 3)
        try hop.follow(response, to: "http://a:81/next")
        #expect(hop.request.headers.fields.map(\.name) == ["X"])
    }

    @Test func `compression is neither asked for nor undone`() throws {
        try withClient { request in
            Response(status: 200, headers: Headers(["Content-Encoding": "gzip"]), body: Array((request.headers["Accept-Encoding"] ?? "none").utf8))
        } _: { client, _, base in
            let response = try await client.send(ClientRequest(url: base))
            #expect(String(decoding: response.body, as: UTF8.self) == "none")
            let asked = try await client.send(ClientRequest(url: base, headers: Headers(["Accept-Encoding": "gzip"])))
            #expect(String(decoding: asked.body, as: UTF8.self) == "gzip")
        }
    }

    // MARK: Without a task that waits

    private static func error(_ result: Result<ClientAnswer, ClientError>) -> ClientError? { if case .failure(let error) = result { error } else { nil } }

    /// Sends requests with `start` and waits for all answers, in the order in which they came.
    private func startAll(_ client: Client, _ requests: [ClientRequest], keeping: ClientRequest.Kept = .everything) async -> [Result<ClientAnswer, ClientError>] {
        await withCheckedContinuation { continuation in
            var results: [Result<ClientAnswer, ClientError>] = []
            for request in requests {
                client.start(request, keeping: keeping) { result in
                    results.append(result)
                    if results.count == requests.count { continuation.resume(returning: results) }
                }
            }
        }
    }

    @Test func `answers come to closures, whole or only counted`() throws {
        try withClient { _ in Response(status: 201, headers: ["X-A": "1", "x-a": "2"], body: Array("hello".utf8)) } _: { client, _, base in
            let whole = try await startAll(client, [ClientRequest(url: base)])[0].get()
            #expect(whole.status == 201)
            #expect(whole.body == Array("hello".utf8))
            #expect(whole.head.values("X-A") == ["1", "2"])
            #expect(whole.head.headers["x-a"] == "1")
            #expect(!whole.times.isReused)
            #expect(whole.times.end >= whole.times.firstByte && whole.times.firstByte >= whole.times.ready)
            let counted = try await startAll(client, [ClientRequest(url: base)], keeping: .figures)[0].get()
            #expect(counted.body.isEmpty)
            #expect(counted.bodyBytes == 5)
            #expect(counted.announcedBytes == 5)
            #expect(counted.head.headers.fields.isEmpty)
            #expect(counted.times.isReused)
        }
    }

    @Test func `a handle that is used again sends what the new request says`() throws {
        try withClient { request in
            Response(status: 200, body: Array("\(request.method) \(request.target) \(request.headers.fields.dropFirst().map { "\($0.name)=\($0.value)" }) ".utf8) + request.body)
        } _: { client, _, base in
            let requests = [
                ClientRequest(method: "POST", url: base + "/1", headers: ["A": "1"], body: Array("one".utf8)), ClientRequest(method: "POST", url: base + "/2", headers: ["B": "2"], body: Array("two".utf8)),
                ClientRequest(method: "POST", url: base + "/2", headers: ["B": "2"], body: Array("three".utf8)), ClientRequest(url: base + "/4"), ClientRequest(url: base + "/4", headers: ["C": "3"]),
                ClientRequest(method: "HEAD", url: base + "/5"), ClientRequest(method: "DELETE", url: base + "/6"), ClientRequest(method: "PUT", url: base + "/7", body: [65]), ClientRequest(url: base + "/8"),
            ]
            var answers: [String] = []
            for request in requests { answers.append(String(decoding: try await startAll(client, [request])[0].get().body, as: UTF8.self)) }
            #expect(
                answers == [
                    "POST /1 [\"A=1\", \"Content-Length=3\"] one", "POST /2 [\"B=2\", \"Content-Length=3\"] two", "POST /2 [\"B=2\", \"Content-Length=5\"] three", "GET /4 [] ",
                    "GET /4 [\"C=3\"] ", "", "DELETE /6 [] ", "PUT /7 [\"Content-Length=1\"] A", "GET /8 [] ",
                ])
        }
    }

    @Test func `an address that repeats is read the same way each time`() throws {
        try withClient { client, _, base in
            var answers: [String: Set<String>] = [:]
            for target in ["", "", "", "/./b/../c?d=%20#e", "/./b/../c?d=%20#e", "/./b/../c?d=%20#e", "/f", "", "", "/f", "/f"] {
                for keeping in [ClientRequest.Kept.everything, .figures] {
                    let answer = try await startAll(client, [ClientRequest(url: base + target)], keeping: keeping)[0].get()
                    #expect(answer.status == 200)
                    #expect(answer.head.headers.fields.isEmpty == (keeping == .figures))
                }
                let response = try await client.send(ClientRequest(url: base + target))
                answers[target, default: []].insert("\(response.headers["X-Target"] ?? "") from \(response.effectiveURL)")
            }
            #expect(answers == ["": ["/ from \(base)/"], "/./b/../c?d=%20#e": ["/c?d=%20 from \(base)/c?d=%20#e"], "/f": ["/f from \(base)/f"]])
        }
    }

    @Test func `a request can begin where another has ended, and refused ones do not starve the loop`() throws {
        try withClient { client, server, base in
            let count = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
                var count = 0
                func next() {
                    client.start(ClientRequest(url: base)) { result in
                        if case .failure = result { continuation.resume(returning: -1); return }
                        count += 1
                        if count == 500 { continuation.resume(returning: count) } else { next() }
                    }
                }
                next()
            }
            #expect(count == 500)
            #expect(server.activeConnections <= 1)
            await server.stop()
            // Somebody else on the loop still gets his turn while refusals follow each other.
            let turns = await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
                var refusals = 0
                func next() {
                    client.start(ClientRequest(url: base)) { _ in
                        refusals += 1
                        next()
                    }
                }
                next()
                client.loop.schedule(after: .milliseconds(20)) {
                    continuation.resume(returning: refusals)
                    client.close()
                }
            }
            #expect(turns > 10)
        }
    }

    @Test func `a flight that is cancelled ends, and only that one`() throws {
        let gate = Gate()
        try withClient { _ in
            await gate.enter()
            return Response(status: 200)
        } _: { client, _, base in
            let (first, second) = await withCheckedContinuation { (continuation: CheckedContinuation<(Result<ClientAnswer, ClientError>, Client.Flight?), Never>) in
                var flight: Client.Flight?
                flight = client.start(ClientRequest(url: base)) { continuation.resume(returning: ($0, flight)) }
                client.loop.schedule(after: .milliseconds(5)) { client.cancel(flight!) }
            }
            #expect(Self.error(first) == .cancelled)
            gate.open()
            // The handle carries another request by now; the old flight cannot end it.
            let again = await withCheckedContinuation { (continuation: CheckedContinuation<Result<ClientAnswer, ClientError>, Never>) in
                client.start(ClientRequest(url: base)) { continuation.resume(returning: $0) }
                client.cancel(second!)
            }
            #expect(Self.error(again) == nil)
            #expect(client.activeRequests == 0)
        }
    }

    @Test func `redirects and mistakes are told`() throws {
        try withClient(handler: Self.redirecting) { client, _, base in
            let answer = try await startAll(client, [ClientRequest(url: base + "/hop/302/2")])[0].get()
            #expect(answer.status == 302)
            #expect(answer.redirect == base + "/hop/302/1")
            let refused = await startAll(client, [ClientRequest(url: "ftp://x/"), ClientRequest(url: base, headers: ["X Y": "1"])])
            #expect(Set(refused.map { Self.error($0)?.description }) == ["\"ftp://x/\" is not a URL", "\"X Y\" is not a header field name"])
        }
    }

    @Test(arguments: [(ClientRequest.Version.http1_0, false), (.http1_1, true)]) func `the version can be chosen`(version: ClientRequest.Version, staysOpen: Bool) throws {
        try withClient { client, _, base in
            let request = ClientRequest(url: base, version: version)
            _ = await startAll(client, [request])
            // After an answer to HTTP/1.0 the connection is closed.
            let again = try await startAll(client, [request])[0].get()
            #expect(again.times.isReused == staysOpen)
        }
    }
}
