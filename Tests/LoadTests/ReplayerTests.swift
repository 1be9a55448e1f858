import Base
import HTTP
import Testing

@testable import Load

/// Whole replays in simulated time: nothing takes longer than a shop says.
@Suite struct ReplayerTests {
    private static func get(_ target: String, _ milliseconds: Int64, cookie: String? = nil) -> RecordingItem { VirtualReplay.get(target, at: milliseconds, cookie: cookie) }

    // MARK: Pace

    @Test(arguments: [(1.0, [0, 500, 2_000]), (2.0, [0, 250, 1_000]), (nil, [0, 0, 0])] as [(Double?, [Int64])])
    func `requests leave at the recorded pace times the speed`(speed: Double?, due: [Int64]) throws {
        let outcome = try VirtualReplay.run([Self.get("/a", 10_000), Self.get("/b", 10_500), Self.get("/c", 12_000)], speed: speed)
        #expect(outcome.seen.map(\.arrived) == due.map { .milliseconds($0) })
        #expect(outcome.report.behind.isEmpty == (speed == nil))
        #expect(outcome.report.requests == 3 && outcome.report.failures == 0 && outcome.report.statuses == [200: 3])
    }

    @Test func `slow answers of one session hold back that session alone, and the report says how far it is behind`() throws {
        let items = [Self.get("/slow", 0, cookie: "a"), Self.get("/next", 100, cookie: "a"), Self.get("/other", 200, cookie: "b")]
        let outcome = try VirtualReplay.run(items, answer: { request in (200, [:], "", request.url.hasSuffix("/slow") ? .seconds(2) : .zero) }) { $0.sessions = .cookie("user") }
        #expect(outcome.seen.map(\.line) == ["GET /slow", "GET /other", "GET /next"])
        #expect(outcome.seen.map(\.arrived) == [.zero, .milliseconds(200), .seconds(2)])
        #expect(outcome.report.sessions == 2)
        #expect(outcome.report.behind.greatest == .milliseconds(1_900))
    }

    @Test func `what the replay waits for does not add up`() throws {
        let items = (0..<100).map { Self.get("/\($0)", Int64($0) * 100) }
        let outcome = try VirtualReplay.run(items, answer: { _ in (200, [:], "", .milliseconds(90)) })
        #expect(outcome.seen.last?.arrived == .milliseconds(9_900))
        #expect(outcome.report.behind.greatest == .zero)
    }

    @Test func `a recording is played as often as wanted, without a gap`() throws {
        let outcome = try VirtualReplay.run([Self.get("/a", 0), Self.get("/b", 300)]) { $0.passes = 3 }
        #expect(outcome.seen.map(\.arrived).sorted() == [0, 300, 300, 600, 600, 900].map { .milliseconds($0) })
        #expect(outcome.report.recordedRequests == 2 && outcome.report.requests == 6)
    }

    @Test func `an endless replay ends at its time limit and gives up what is on its way`() throws {
        let outcome = try VirtualReplay.run([Self.get("/a", 0), Self.get("/b", 1_000)], answer: { _ in (200, [:], "", .milliseconds(600)) }) {
            $0.passes = nil
            $0.duration = .milliseconds(3_500)
        }
        #expect(outcome.duration == .milliseconds(3_500))
        // Pairs at 0, 1000, 2000 and 3000, the first and the last alone; those of 3000 have no answer yet.
        #expect(outcome.report.requests == 5)
        #expect(outcome.report.unfinished == 2 && outcome.report.failures == 0)
    }

    @Test func `a recording without anything to send ends, even in an endless replay`() throws {
        let outcome = try VirtualReplay.run([Self.get("/a", 0)]) {
            $0.passes = nil
            try! $0.filter.add("http-disallow-url", ".")
        }
        #expect(outcome.report.requests == 0 && outcome.report.dropped == 1)
    }

    @Test func `a limit of requests a second drops the rest, a share of the target about as many`() throws {
        let items = (0..<1_000).map { Self.get("/\($0)", Int64($0)) }
        #expect(try VirtualReplay.run(items, perSecond: 10).report.requests == 10)
        #expect(try VirtualReplay.run(items) { $0.targetLimit = .perSecond(7) }.report.requests == 7)
        let sampled = try VirtualReplay.run(items) { $0.targetLimit = .percent(30) }.report
        #expect((230...370).contains(sampled.requests) && sampled.dropped == 1_000 - sampled.requests)
    }

    @Test func `no more requests are on their way than allowed`() throws {
        let items = (0..<50).map { Self.get("/\($0)", 0) }
        let outcome = try VirtualReplay.run(items, speed: nil, answer: { _ in (200, [:], "", .milliseconds(10)) }) { $0.inFlightLimit = 7 }
        #expect(outcome.mostInFlight == 7)
        #expect(outcome.duration == .milliseconds(80))
    }

    @Test func `a long session is read ahead a little only, and comes in order`() throws {
        let items = (0..<6_000).map { Self.get("/\($0)", 0, cookie: "a") }
        let outcome = try VirtualReplay.run(items, speed: nil, answer: { _ in (200, [:], "", .milliseconds(1)) }) { $0.sessions = .cookie("user") }
        #expect(outcome.mostInFlight == 1)
        #expect(outcome.seen.map(\.line) == (0..<6_000).map { "GET /\($0)" })
    }

    // MARK: Requests

    @Test func `requests go to the target with their own header fields, and the Host is the target's`() throws {
        let headers: Headers = ["Host": "localhost:3000", "Connection": "keep-alive", "X-A": "1", "Transfer-Encoding": "chunked", "Content-Length": "3"]
        let item = RecordingItem.request(
            RecordedRequest(id: "1", time: Timestamp(nanoseconds: 0), method: "POST", target: "http://localhost:3000/a?b", headers: headers, body: Array("abc".utf8)))
        let seen = try VirtualReplay.run([item]).seen
        #expect(seen.map(\.line) == ["POST /a?b"])
        #expect(seen[0].headers == ["X-A": "1"])
        #expect(seen[0].body == "abc")
        #expect(try VirtualReplay.run([item], { $0.keepsHost = true }).seen[0].headers == ["Host": "localhost:3000", "X-A": "1"])
        #expect(try VirtualReplay.run([item], { try! $0.filter.add("http-set-header", "Host: other") }).seen[0].headers == ["Host": "other", "X-A": "1"])
    }

    // MARK: Judging

    @Test func `without recorded answers only errors of the shop and missing answers are failures`() throws {
        let items = [Self.get("/ok", 0), Self.get("/missing", 1), Self.get("/broken", 2), Self.get("/broken", 3), Self.get("/cut", 4)]
        let report = try VirtualReplay.run(items, answer: { request throws(ClientError) in
            if request.url.hasSuffix("/cut") { throw .connectionReset }
            return (request.url.hasSuffix("/broken") ? 500 : request.url.hasSuffix("/missing") ? 404 : 200, [:], "", .zero)
        }).report
        #expect(report.statuses == [200: 1, 404: 1, 500: 2])
        #expect(report.errors == 1 && report.failures == 3 && report.requests == 5 && report.compared == 0)
        #expect(report.text.contains("2 x GET /broken: status 500") && report.text.contains("1 x GET /cut: the connection was reset"))
    }

    @Test func `with recorded answers whatever differs from them is a failure, and a recorded error is none`() throws {
        let items = [
            VirtualReplay.get("/a", at: 0, id: "a"), VirtualReplay.answer(to: "a", at: 1, body: #"{"n": 1}"#), VirtualReplay.get("/b", at: 2, id: "b"),
            VirtualReplay.answer(to: "b", at: 3, status: 500), VirtualReplay.get("/c", at: 4, id: "c"), VirtualReplay.answer(to: "c", at: 5, status: 302),
        ]
        let report = try VirtualReplay.run(items, answer: { request in
            (request.url.hasSuffix("/b") ? 500 : 200, ["Content-Type": "application/json"], request.url.hasSuffix("/b") ? "ok" : #"{"n": 2}"#, .zero)
        }).report
        #expect(report.compared == 3 && report.different == 2 && report.failures == 2)
        #expect(report.differences.map(\.line) == ["GET /a", "GET /c"])
        #expect(report.differences.map(\.difference.kind) == [.type, .status])
    }

    @Test func `what the shop picks at random is no difference where the recording shows that it is picked at random`() throws {
        let html: Headers = ["Content-Type": "text/html"]
        func visit(_ number: Int64, _ target: String, _ body: String) -> [RecordingItem] {
            [VirtualReplay.get(target, at: number * 10, id: "\(number)"), VirtualReplay.answer(to: "\(number)", at: number * 10 + 5, headers: html, body: body)]
        }
        let items = visit(1, "/", "<p>Buy red shoes now</p>") + visit(2, "/", "<p>Buy two hats now</p>") + visit(3, "/cart", "<p>Total $5</p>")
        func play(_ page: String, _ cart: String) throws -> ReplayReport {
            try VirtualReplay.run(items, answer: { request in (200, html, request.url.hasSuffix("/cart") ? cart : page, .zero) }).report
        }
        let same = try play("<p>Buy a mug now</p>", "<p>Total $5</p>")
        #expect(same.different == 0 && same.compared == 3 && same.value["varying"] == 2, "\(same.text)")
        #expect(try play("<p>Buy a mug later</p>", "<p>Total $5</p>").different == 2)
        // One answer alone shows nothing that varies.
        #expect(try play("<p>Buy a mug now</p>", "<p>Total $6</p>").different == 1)
    }

    @Test(arguments: [true, false]) func `recorded answers are compared whether they are read before or after the live ones`(isLate: Bool) throws {
        let request = VirtualReplay.get("/a", at: 0, id: "a")
        let items = [request, VirtualReplay.answer(to: "a", at: isLate ? 9_000 : 0, body: "recorded"), Self.get("/b", 10_000)]
        let report = try VirtualReplay.run(items, answer: { _ in (200, [:], "live", .seconds(1)) }).report
        #expect(report.compared == 1 && report.different == 1)
    }

    @Test func `what the first client got counts more than what a replay got`() throws {
        func answer(_ body: String, _ isReplayed: Bool) -> RecordingItem {
            .response(RecordedResponse(id: "a", time: Timestamp(nanoseconds: 0), status: 200, body: Array(body.utf8), isReplayed: isReplayed))
        }
        let request = VirtualReplay.get("/a", at: 0, id: "a")
        let slow: @Sendable (ClientRequest) -> ScriptedShop.Answer = { _ in (200, [:], "first", .seconds(1)) }
        for answers in [[answer("first", false), answer("replayed", true)], [answer("replayed", true), answer("first", false)]] {
            #expect(try VirtualReplay.run([request] + answers, answer: slow).report.different == 0)
        }
        #expect(try VirtualReplay.run([request, answer("replayed", true)], answer: slow).report.different == 1)
    }

    @Test func `problems of the recording are reported once, however often it is played`() throws {
        let problem = RecordingProblem(file: "f", record: 2, offset: 9, message: "bad")
        let report = try VirtualReplay.run([Self.get("/a", 0), .problem(problem)]) { $0.passes = 3 }.report
        #expect(report.problems == [problem] && report.problemCount == 1)
    }

    @Test func `many answers without recorded ones are not kept`() throws {
        let items = (0..<30_000).map { Self.get("/", Int64($0)) }
        let report = try VirtualReplay.run(items, speed: nil, answer: { _ in (503, [:], "", .zero) }).report
        #expect(report.failures == 30_000)
    }

    // MARK: Values

    /// A shop that gives every visitor a token of its own and knows no other.
    private static func tokenShop(_ token: String) -> @Sendable (ClientRequest) -> ScriptedShop.Answer {
        { request in
            if request.url.hasSuffix("/login") { return (200, ["Content-Type": "application/json", "Set-Cookie": "sid=\(token); Path=/"], #"{"token": "\#(token)"}"#, .milliseconds(5)) }
            let isKnown = request.headers["Cookie"] == "sid=\(token)" && request.headers["Authorization"] == "Bearer \(token)"
            return (isKnown ? 200 : 401, ["Content-Type": "application/json"], #"{"known": \#(isKnown)}"#, .zero)
        }
    }

    private static func visit(_ token: String) -> [RecordingItem] {
        let json: Headers = ["Content-Type": "application/json"]
        return [
            VirtualReplay.get("/login", at: 0, id: "1"),
            VirtualReplay.answer(to: "1", at: 5, headers: ["Content-Type": "application/json", "Set-Cookie": "sid=\(token); Path=/"], body: #"{"token": "\#(token)"}"#),
            VirtualReplay.get("/account", at: 6, id: "2", headers: ["Cookie": "sid=\(token)", "Authorization": "Bearer \(token)"]),
            VirtualReplay.answer(to: "2", at: 7, headers: json, body: #"{"known": true}"#),
        ]
    }

    @Test(arguments: [1.0, nil] as [Double?]) func `cookies and tokens of the recording become the live ones`(speed: Double?) throws {
        let (old, new) = ("aeihRQ1NnX7TbfvhhtQNNg1567611578919", "zzihRQ1NnX7TbfvhhtQNNg1567611578777")
        let report = try VirtualReplay.run(Self.visit(old), speed: speed, answer: Self.tokenShop(new)).report
        #expect(report.statuses == [200: 2] && report.failures == 0 && report.sessions == 1)
        let unmapped = try VirtualReplay.run(Self.visit(old), speed: speed, answer: Self.tokenShop(new)) { $0.mapsValues = false }.report
        #expect(unmapped.statuses == [200: 1, 401: 1] && unmapped.failures == 1)
    }

    @Test func `each pass has sessions of its own`() throws {
        let (old, new) = ("aeihRQ1NnX7TbfvhhtQNNg1567611578919", "zzihRQ1NnX7TbfvhhtQNNg1567611578777")
        let report = try VirtualReplay.run(Self.visit(old), answer: Self.tokenShop(new)) { $0.passes = 2 }.report
        #expect(report.statuses == [200: 4] && report.sessions == 2)
    }

    @Test func `a recording without answers is sent with its own cookies`() throws {
        let old = "aeihRQ1NnX7TbfvhhtQNNg1567611578919"
        let requests = Self.visit(old).filter { if case .request = $0 { true } else { false } }
        #expect(try VirtualReplay.run(requests, answer: Self.tokenShop(old)).report.statuses == [200: 2])
    }

    // MARK: Report

    @Test func `the report has everything for programs`() throws {
        let report = try VirtualReplay.run([Self.get("/a", 0), Self.get("/b", 1_000)], answer: { _ in (200, [:], "12345", .milliseconds(20)) }).report
        let value = report.value
        #expect(value["requests"] == 2 && value["statuses"]?["200"] == 2 && value["failures"] == 0 && value["bodyBytes"] == 10)
        #expect(value["latencyMilliseconds"]?["max"] == 20.0 && value["behindMilliseconds"]?["max"] == 0.0)
        #expect(value["lines"]?["count"] == 2 && value["lines"]?["0"]?["name"]?.text == "GET /a")
        #expect(value["seconds"] == 1.02 && value["target"]?.text == "http://shop:3000")
    }

    // MARK: Dry run

    @Test func `a dry run says what would happen in the original's words`() throws {
        let items = [Self.get("/a", 10_000), Self.get("/b", 11_200), Self.get("/c", 11_000), Self.get("/d", 14_200)]
        let loop = try EventLoop(virtualFrom: VirtualReplay.epoch)
        let run = try loop.run { try await ReplayDryRun.read(RecordedMessages(items), speed: 2, longestWait: .seconds(1)) }
        #expect(
            run.text(files: 1) == """
                Records found: 4
                Files processed: 1
                Bytes processed: \(run.bytes)
                Max wait: 1s
                Min wait: 600ms
                First wait: 1.2s
                It will take `1.6s` to replay at current speed.
                Found 1 records with out of order timestamp

                """)
        #expect(run.bytes > 4 * 30)
    }
}
