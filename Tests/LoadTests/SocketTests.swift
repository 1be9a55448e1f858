import Base
import Foundation
import HTTP
import Synchronization
import Testing

@testable import Load

/// Runs over real sockets, against a server on the same loop.
@Suite struct SocketTests {
    /// What a server saw.
    final class Seen: Sendable {
        private let requests = Mutex<[Request]>([])
        func add(_ request: Request) { requests.withLock { $0.append(request) } }
        var all: [Request] { requests.withLock { $0 } }
    }

    /// Runs a plan against a handler.
    private static func run(
        _ plan: @escaping @Sendable (_ base: String) -> LoadPlan, loops: Int = 1, options: ClientOptions = .default,
        onSample: (@Sendable (Sample) -> Void)? = nil, _ handler: @escaping Server.Handler
    ) throws -> (statistics: RunStatistics, mostConnections: Int) {
        let loop = try EventLoop(isPrecise: true)
        return try loop.run {
            let most = Mutex(0)
            let box = Mutex<Server?>(nil)
            let server = Server(loop: loop, host: "127.0.0.1", port: 0) { request in
                let open = box.withLock { $0?.activeConnections ?? 0 }
                most.withLock { $0 = max($0, open) }
                return await handler(request)
            }
            box.withLock { $0 = server }
            try server.start()
            let crew = try LoadCrew(plan("http://127.0.0.1:\(server.port)"), on: loop, loops: loops, options: options, onSample: onSample)
            let statistics = try await crew.run()
            await server.stop()
            return (statistics, most.withLock { $0 })
        }
    }

    private static func profile(workers: Int, each: Int) -> LoadProfile { LoadProfile(.closed(users: Curve(constant: Double(workers))), iterationsPerUser: each) }

    @Test func `workers send their requests over connections that stay open`() throws {
        let seen = Seen()
        let (statistics, connections) = try Self.run({ LoadPlan(.url(URLPlan(url: $0 + "/a?b=1")), profile: Self.profile(workers: 8, each: 50)) }) { request in
            seen.add(request)
            return Response(status: 200, body: Array("hello".utf8))
        }
        #expect(statistics.requests == 400)
        #expect(statistics.failureCount == 0)
        #expect(statistics.total.announcedBytes == 2_000)
        #expect(statistics.total.bodyBytes == 2_000)
        #expect(statistics.total.latency.count == 400)
        #expect((1...8).contains(connections))
        #expect(statistics.entries.map(\.name) == ["/a?b=1"])
        #expect(statistics.phases.parts[0].greatest > 0)
        let request = try #require(seen.all.first)
        #expect(request.target == "/a?b=1")
        #expect(request.headers["User-Agent"] == "hey/0.0.1")
        #expect(request.headers["Content-Type"] == "text/html")
        #expect(request.headers["Accept-Encoding"] == "gzip")
        #expect(request.headers["Accept"] == nil)
    }

    @Test func `hey's options arrive`() throws {
        let seen = Seen()
        var plan = URLPlan(url: "")
        plan.method = "put"
        plan.headers = ["X-One: 1", "x-two:  two words "]
        plan.body = Array("text {not} filled in".utf8)
        plan.contentType = "text/plain"
        plan.accept = "text/x"
        plan.userAgent = "mine"
        plan.basic = "me:secret"
        plan.host = "other.test"
        plan.keepsAlive = false
        plan.asksForCompression = false
        let final = plan
        _ = try Self.run({ base in
            var plan = final
            plan.url = base + "/x"
            return LoadPlan(.url(plan), profile: Self.profile(workers: 1, each: 2))
        }) { request in
            seen.add(request)
            return Response(status: 200)
        }
        let request = try #require(seen.all.last)
        #expect(request.method == "PUT")
        #expect(String(decoding: request.body, as: UTF8.self) == "text {not} filled in")
        let wanted = [
            "Host": "other.test", "X-One": "1", "X-Two": "two words", "Content-Type": "text/plain", "Accept": "text/x", "User-Agent": "mine hey/0.0.1",
            "Authorization": "Basic " + Base64.encode("me:secret".utf8), "Connection": "close",
        ]
        for (name, value) in wanted { #expect(request.headers[name] == value) }
        #expect(request.headers["Accept-Encoding"] == nil)
    }

    @Test(arguments: [("X", "-H needs \"Name: value\", not \"X\""), ("a b: c", "-H needs \"Name: value\", not \"a b: c\""), ("A:", "-H needs \"Name: value\", not \"A:\"")])
    func `a header field that is none is refused`(field: String, message: String) {
        var plan = URLPlan(url: "http://x/")
        plan.headers = [field]
        let final = plan
        #expect(throws: URLPlanError(message)) { try final.journey() }
    }

    @Test(arguments: [(true, 200, 4), (false, 302, 2)]) func `redirects are followed unless they must not be`(follows: Bool, status: Int, sent: Int) throws {
        let seen = Seen()
        let (statistics, _) = try Self.run({ base in
            var plan = URLPlan(url: base + "/old")
            plan.followsRedirects = follows
            return LoadPlan(.url(plan), profile: Self.profile(workers: 1, each: 2))
        }) { request in
            seen.add(request)
            return request.target == "/old" ? Response(status: 302, headers: ["Location": "/new"]) : Response(status: 200)
        }
        #expect(statistics.requests == 2)
        #expect(statistics.total.statuses.map(\.status) == [status])
        #expect(seen.all.count == sent)
    }

    @Test func `what nobody answers is told in Go's words`() throws {
        let loop = try EventLoop()
        let statistics = try loop.run {
            let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
            try server.start()
            let port = server.port
            await server.stop()
            let plan = LoadPlan(.url(URLPlan(url: "http://127.0.0.1:\(port)/")), profile: Self.profile(workers: 2, each: 3))
            return (try await LoadCrew(plan, on: loop).run(), port)
        }
        #expect(statistics.0.requests == 6)
        #expect(statistics.0.reasons == ["Get \"http://127.0.0.1:\(statistics.1)/\": dial tcp 127.0.0.1:\(statistics.1): connect: connection refused": 6])
    }

    @Test func `a server that cuts and one that never answers are failures`() throws {
        let (statistics, _) = try Self.run({ base in
            var plan = URLPlan(url: base + "/cut")
            plan.timeout = .milliseconds(200)
            return LoadPlan(.url(plan), profile: Self.profile(workers: 1, each: 2))
        }) { _ in Response(status: 200, ending: .reset) }
        #expect(statistics.reasons.count == 1)
        #expect(statistics.reasons.first?.key.hasSuffix(": EOF") == true)
        let (late, _) = try Self.run({ base in
            var plan = URLPlan(url: base + "/late")
            plan.timeout = .milliseconds(50)
            return LoadPlan(.url(plan), profile: Self.profile(workers: 1, each: 1))
        }) { _ in
            var response = Response(status: 200)
            response.body = .paced([.init(after: .seconds(1), [65])])
            return response
        }
        #expect(late.reasons.first?.key.hasSuffix("(Client.Timeout exceeded while awaiting headers)") == true)
    }

    @Test func `three loops do the work of one and are told as one`() throws {
        let rows = Mutex(0)
        let (statistics, _) = try Self.run(
            { LoadPlan(.url(URLPlan(url: $0)), profile: Self.profile(workers: 10, each: 20)) }, loops: 3, onSample: { _ in rows.withLock { $0 += 1 } }
        ) { _ in Response(status: 200, body: [1]) }
        #expect(statistics.requests == 200)
        #expect(statistics.mostUsers == 10)
        #expect(rows.withLock { $0 } == 200)
    }

    @Test func `an open model keeps its rate over sockets`() throws {
        let profile = LoadProfile(.open(rate: Curve(constant: 400), mostUsers: 50), duration: .milliseconds(500))
        let (statistics, _) = try Self.run({ LoadPlan(.url(URLPlan(url: $0)), profile: profile) }) { _ in Response(status: 200) }
        #expect(statistics.requests == 200)
        #expect(statistics.neverStarted == 0)
    }

    @Test func `a journey goes through a real server, with cookies and forms`() throws {
        let json = journey(
            #"""
            { "request": "GET /form", "take": { "fields": { "hiddenFields": "f" }, "cookie": { "cookie": "s" } } },
            { "request": "POST /form", "form": { "name": "a b" }, "hidden": "fields", "bodyContains": "token=t%2B1&name=a+b s=1" }
            """#)
        let (statistics, _) = try Self.run({ base in
            LoadPlan(.file(JourneyFile(path: "j.json", text: Array(json.utf8), services: nil)), bases: ["": base], profile: Self.profile(workers: 3, each: 5))
        }) { request in
            if request.method == "GET" {
                return Response(
                    status: 200, headers: ["Set-Cookie": "s=1; HttpOnly"], body: Array(#"<form id="f"><input type="hidden" name="token" value="t+1"></form>"#.utf8))
            }
            return Response(status: 200, body: request.body + Array(" \(request.headers["Cookie"] ?? "")".utf8))
        }
        #expect(statistics.failureCount == 0, "\(statistics.reasons)")
        #expect(statistics.requests == 30)
    }

    @Test func `a run that is stopped ends and tells what there is`() throws {
        let loop = try EventLoop()
        let statistics = try loop.run {
            let server = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 200) }
            try server.start()
            let plan = LoadPlan(.url(URLPlan(url: "http://127.0.0.1:\(server.port)/")), profile: LoadProfile(.closed(users: Curve(constant: 4))))
            let count = Mutex(0)
            let box = Mutex<LoadCrew?>(nil)
            let crew = try LoadCrew(plan, on: loop, loops: 2, onSample: { _ in
                if count.withLock({ $0 += 1; return $0 }) == 100 { box.withLock { $0 }?.stop() }
            })
            box.withLock { $0 = crew }
            let statistics = try await crew.run()
            await server.stop()
            return statistics
        }
        #expect(statistics.requests >= 100)
        #expect(statistics.unfinished == 0)
    }
}
