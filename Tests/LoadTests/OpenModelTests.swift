import Base
import HTTP
import Testing

@testable import Load

@Suite struct OpenModelTests {
    private static let page = journey(#"{ "request": "GET /" }"#)

    @Test func `tasks begin at the given rate whatever becomes of those before`() throws {
        let profile = LoadProfile(.open(rate: Curve(constant: 20), mostUsers: 1_000), duration: .seconds(5), patience: .seconds(60))
        let outcome = try simulate(Self.page, profile) { _, _ in .ok(after: .seconds(10)) }
        #expect(outcome.statistics.requests == 100)
        #expect(outcome.statistics.mostUsers == 100)
        let gaps = zip(outcome.times, outcome.times.dropFirst()).map { ($1 - $0).rounded() }
        #expect(gaps.allSatisfy { $0 == 50 })
    }

    @Test func `a server that stalls shows in the times of everybody who should have come meanwhile`() throws {
        // One visitor, 10 requests per second, each answered in 1 ms; but the 51st takes 2 s.
        let profile = LoadProfile(.open(rate: Curve(constant: 10), mostUsers: 1), duration: .seconds(10))
        let outcome = try simulate(Self.page, profile) { _, number in .ok(after: number == 50 ? .seconds(2) : .milliseconds(1)) }
        let latency = outcome.statistics.total.latency
        #expect(outcome.statistics.requests == 100)
        #expect(latency.greatest == .seconds(2))
        // Twenty requests waited behind it, 1.9 s, 1.8 s, 1.7 s ...: 21 of 100 took longer than 5 ms.
        #expect(latency.quantile(0.79) < .milliseconds(5))
        #expect(latency.quantile(0.80) > .milliseconds(15))
        #expect((Duration.milliseconds(880)...Duration.milliseconds(1_120)).contains(latency.quantile(0.90)))
        // A closed model hides it: one slow request, the rest as if nothing had been.
        let closed = try simulate(journey(#"{ "request": "GET /" }"#, visitor: #""waitMilliseconds": 99,"#), LoadProfile(.closed(users: Curve(constant: 1)), duration: .seconds(10))) {
            _, number in .ok(after: number == 50 ? .seconds(2) : .milliseconds(1))
        }
        #expect(closed.statistics.total.latency.quantile(0.95) < .milliseconds(5))
    }

    @Test func `visitors that are free again are used again, and what nobody could begin is told`() throws {
        let profile = LoadProfile(.open(rate: Curve(constant: 100), mostUsers: 10), duration: .seconds(1), patience: .zero)
        let quick = try simulate(Self.page, profile) { _, _ in .ok(after: .milliseconds(15)) }
        #expect(quick.statistics.mostUsers == 2)
        let slow = try simulate(Self.page, profile) { _, _ in .silence }
        #expect(slow.statistics.mostUsers == 10)
        #expect(slow.statistics.unfinished == 10)
        #expect(slow.statistics.neverStarted == 90)
    }

    @Test func `only the first request of a task counts from when the task should have begun`() throws {
        let two = journey(#"{ "request": "GET /a" }, { "request": "GET /b" }"#)
        let outcome = try simulate(two, LoadProfile(.open(rate: Curve(constant: 10), mostUsers: 1), duration: .milliseconds(250))) { _, _ in .ok(after: .milliseconds(100)) }
        let entries = outcome.statistics.sortedEntries
        #expect(entries[0].latency.greatest == .milliseconds(300))
        #expect(entries[1].latency.greatest == .milliseconds(100))
    }

    @Test func `new visitors do first what their kind does on start`() throws {
        let login = journey(#"{ "request": "GET /" }"#, visitor: #""onStart": [{ "request": "POST /login" }],"#)
        let outcome = try simulate(login, LoadProfile(.open(rate: Curve(constant: 10), mostUsers: 5), duration: .milliseconds(450)))
        #expect(outcome.lines.filter { $0.contains("login") }.count == 1)
        #expect(outcome.statistics.sortedEntries.first { $0.name == "/" }?.requests == 5)
        // The first waited for the login.
        #expect(outcome.statistics.sortedEntries.first { $0.name == "/" }?.latency.greatest == .milliseconds(20))
    }

    @Test func `a limited number of arrivals ends the run`() throws {
        let rate = Curve(from: 50, stages: [(50, .seconds(1)), (0, .zero)])
        let outcome = try simulate(Self.page, LoadProfile(.open(rate: rate, mostUsers: 10)))
        #expect(outcome.statistics.requests == 50)
    }

    @Test func `loops take turns with the arrivals`() throws {
        let profile = LoadProfile(.open(rate: Curve(constant: 10), mostUsers: 20), duration: .seconds(1))
        let times = try (0..<3).map { try simulate(Self.page, profile, share: LoadShare(index: $0, count: 3)).times.map { ($0 / 100).rounded() } }
        #expect(times[0] == [0, 3, 6, 9])
        #expect(times[1] == [1, 4, 7])
        #expect(times[2] == [2, 5, 8])
    }
}
