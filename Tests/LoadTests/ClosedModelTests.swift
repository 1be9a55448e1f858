import Base
import HTTP
import Testing

@testable import Load

@Suite struct ClosedModelTests {
    private static let page = journey(#"{ "request": "GET /" }"#, visitor: #""waitMilliseconds": 990,"#)

    @Test func `visitors come at the given rate and each thinks between his requests`() throws {
        let profile = LoadProfile(.closed(users: Curve(from: 0, stages: [(10, .seconds(5))])), duration: .seconds(20))
        let outcome = try simulate(Self.page, profile)
        // Two come per second, and each sends one request per second: 10 ms for the answer, 990 ms to think.
        #expect(outcome.times[..<6].map { $0.rounded() } == [0, 500, 1_000, 1_000, 1_500, 1_500])
        #expect(outcome.statistics.mostUsers == 10)
        #expect(outcome.statistics.requests == 180)
        #expect(outcome.statistics.users == 0)
        #expect(outcome.statistics.failureCount == 0)
    }

    @Test func `all at once when nobody asks for a ramp`() throws {
        let outcome = try simulate(Self.page, LoadProfile(.closed(users: Curve(constant: 25)), duration: .milliseconds(500)))
        #expect(outcome.times == [Double](repeating: 0, count: 25))
    }

    /// The last ones leave half a second after their requests, at 10.5, 11.5, 12.5 and 13.5 s; or at the moment of a request, which is not
    /// sent then, at 11, 12, 13 and 14 s. As sums of seconds 3.3, 3.3, 3.3 and 0.1 are a little less than 10; 0.3, 7.9 and 1.8 a little more.
    @Test(arguments: [[9_500], [10_000], [3_300, 3_300, 3_300, 100], [300, 7_900, 1_800]])
    func `stages let visitors in and out`(_ before: [Int]) throws {
        let level = before.map { (to: 4.0, in: Duration.milliseconds($0)) }
        let stages = Curve(from: 0, stages: [(4, .zero)] + level + [(0, .seconds(4)), (0, .seconds(6))])
        let outcome = try simulate(Self.page, LoadProfile(.closed(users: stages), duration: .seconds(19)))
        let perSecond = (0..<19).map { second in outcome.times.count { $0 >= Double(second) * 1_000 && $0 < Double(second + 1) * 1_000 } }
        #expect(perSecond == [Int](repeating: 4, count: 11) + [3, 2, 1] + [Int](repeating: 0, count: 5))
    }

    @Test func `each visitor does his number of tasks and the run ends by itself`() throws {
        let profile = LoadProfile(.closed(users: Curve(from: 0, stages: [(3, .seconds(3))])), iterationsPerUser: 4)
        let outcome = try simulate(Self.page, profile)
        #expect(outcome.statistics.requests == 12)
        #expect(outcome.statistics.iterations.count == 12)
        #expect(outcome.statistics.iterations.mean == .milliseconds(10))
    }

    @Test func `a period between the starts of a visitor's tasks is kept`() throws {
        let profile = LoadProfile(.closed(users: Curve(constant: 2)), iterationsPerUser: 3, userPeriod: .milliseconds(100))
        let outcome = try simulate(journey(#"{ "request": "GET /" }"#), profile)
        #expect(outcome.times == [100, 100, 200, 200, 300, 300])
    }

    @Test func `an answer that comes when nobody waits any more finds nobody`() throws {
        let loop = try EventLoop(virtualFrom: Timestamp(nanoseconds: 1_000_000_000_000))
        let unfinished = try loop.run {
            let courier = ScriptedCourier(loop) { _, _ in .ok(after: .seconds(100)) }
            let journey = try JourneyFile(path: "j.json", text: Array(Self.page.utf8), services: nil).read()
            let profile = LoadProfile(.closed(users: Curve(constant: 3)), duration: .seconds(1), patience: .seconds(5))
            let unfinished = await {
                let run = JourneyRun(journey, bases: ["": "http://shop"], profile: profile, courier: courier, loop: loop)
                await run.run()
                return run.statistics.unfinished
            }()
            try await loop.sleep(for: .seconds(200))
            return unfinished
        }
        #expect(unfinished == 3)
    }

    @Test func `two loops share the visitors without gaps`() throws {
        let profile = LoadProfile(.closed(users: Curve(from: 0, stages: [(5, .seconds(5))])), duration: .seconds(30))
        let parts = try (0..<2).map { try simulate(Self.page, profile, share: LoadShare(index: $0, count: 2)) }
        #expect(parts.map(\.statistics.mostUsers) == [3, 2])
        #expect(parts[0].times[0] == 0)
        #expect(parts[1].times[0].rounded() == 1_000)
        var merged = parts[0].statistics
        merged.merge(parts[1].statistics)
        let whole = try simulate(Self.page, profile).statistics
        #expect(merged.requests == whole.requests)
        #expect(merged.mostUsers == 5)
        #expect(merged.total.latency.quantile(0.5) == whole.total.latency.quantile(0.5))
    }

    @Test func `requests without an answer at the end are told, and late ones still count`() throws {
        let profile = LoadProfile(.closed(users: Curve(constant: 3)), duration: .seconds(10), patience: .seconds(5))
        let outcome = try simulate(journey(#"{ "request": "GET /" }"#), profile) { _, number in
            number == 0 ? .silence : .ok(after: .seconds(number == 1 ? 12 : 4))
        }
        #expect(outcome.statistics.unfinished == 1)
        #expect(outcome.statistics.oldestUnfinished == .seconds(15))
        #expect(outcome.statistics.total.latency.greatest == .seconds(12))
        #expect(outcome.statistics.requests == 4)
    }

    @Test(arguments: ["continue", "endTask", "restart"])
    func `connections that are refused in no time do not stop time`(_ onFailure: String) throws {
        let outcome = try simulate(
            journey(#"{ "request": "GET /", "onFailure": "\#(onFailure)" }"#), LoadProfile(.closed(users: Curve(constant: 3)), duration: .milliseconds(3_500))
        ) { _, _ in .error(.connectionRefused(host: "shop", port: 80), after: .zero) }
        #expect(outcome.times == [0, 1_000, 2_000, 3_000].flatMap { [Double](repeating: $0, count: 3) })
    }

    @Test func `visitors that do nothing do not stop time`() throws {
        let idle = journey(#"{ "when": { "status": 500 }, "then": [{ "request": "GET /" }] }"#)
        let outcome = try simulate(idle, LoadProfile(.closed(users: Curve(constant: 2)), duration: .seconds(1)))
        #expect(outcome.statistics.requests == 0)
        #expect(outcome.statistics.iterations.count > 1_000)
    }
}
