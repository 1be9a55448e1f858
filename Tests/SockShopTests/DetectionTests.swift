import Base
import Load
import Query
import Storefront
import Synthetics
import Testing

@testable import Proving

/// How soon somebody who asks the pack's checks again and again notices each incident, from its beginning with its visitors.
@Suite struct DetectionTests {
    private static let limit = Duration.seconds(30)
    /// From the end of a round of checks to the next.
    private static let pause = Duration.seconds(5)

    /// What visitors do to the front-end shows in its speed.
    private static let speed = "Catalogue answers within half a second"

    /// With the check that is asked; nil are all.
    static let incidents: [(state: String, journey: String, check: String?)] = [
        ("incident-1", "crowd", speed), ("incident-2", "hybrid", speed), ("incident-3", "orders", nil), ("incident-4", "latency", speed), ("incident-5", "orders", nil),
        ("incident-5a", "orders", nil), ("incident-5c", "orders", nil), ("incident-6", "orders", nil), ("charges-hang", "orders", nil), ("incident-7", "hybrid", speed),
        ("incident-8", "browsers", speed), ("incident-8a", "latency", nil), ("incident-8b", "impatient", speed), ("incident-8c", "steady", speed),
        ("socks-starved", "latency", nil),
    ]

    @Test(arguments: incidents) func `a check is red within half a minute`(state: String, journey: String, check: String?) throws {
        let red = try #require(try Self.firstRed(in: state, journey, check), "nothing has turned red")
        #expect(red.after <= Self.limit, "\(red)")
    }

    /// Without the crowd, whose 3,000 visitors a healthy shop answers a hundred thousand times: too long for a debug build.
    @Test(arguments: [("hybrid", speed), ("latency", nil), ("orders", nil), ("browsers", nil)])
    func `the same visitors turn no check of a healthy shop red`(journey: String, check: String?) throws {
        let red = try Self.firstRed(in: "fixed", journey, check)
        #expect(red == nil)
    }

    // MARK: Watching

    private struct Red: Sendable, Equatable {
        var check: String
        var after: Duration
    }

    // @unchecked Sendable: touched only on the bench's loop.
    private final class Watch: @unchecked Sendable { var red: Red? }

    /// Begins with the journey; ends with the first check that fails, or when it is too late.
    private static func firstRed(in state: String, _ journey: String, _ name: String?) throws -> Red? {
        let bench = try Prover(prepared: SockShop.prepared).bench()
        let checks = bench.checks.filter { entry in
            guard let name else { return true }
            if case .check(let check) = entry { return check.name == name }
            return false
        }
        #expect(!checks.isEmpty)
        let file = try JourneyFile.named(journey)
        let profile = LoadProfile(try file.read().standard, duration: limit)
        return try bench.loop.run {
            try await bench.open(state: state, instrumentation: name == nil ? .full : .infrastructure)
            let start = bench.loop.now
            let watch = Watch()
            let visits = Task(executorPreference: bench.loop) { _ = try await bench.visitors.visit(LoadPlan(.file(file), profile: profile)) }
            let rounds = Task(executorPreference: bench.loop) {
                let runner = Runner(send: bench.transport, loop: bench.loop, sources: VariableSources(given: bench.addresses.variables))
                var random = SeededRandom(seed: bench.seed)
                while !Task.isCancelled {
                    _ = await runner.run(checks, random: &random) { _, result in
                        if result.status == .failed, watch.red == nil { watch.red = Red(check: result.name, after: bench.loop.now - start) }
                    }
                    try await bench.loop.sleep(for: pause)
                }
            }
            while watch.red == nil, bench.loop.now - start < limit { try await bench.loop.sleep(for: .milliseconds(500)) }
            visits.cancel()
            rounds.cancel()
            await bench.shop.close()
            return watch.red
        }
    }
}
