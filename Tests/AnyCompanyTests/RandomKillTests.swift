import Base
import Load
import Storefront
import Testing

@testable import Proving

/// Pods that are deleted at random, with the shop's own visitors inside.
@Suite struct RandomKillTests {
    private struct Drill: Sendable, Equatable {
        var killed: [String]
        var seconds: [Double]
        var requests: Int
        var failures: Int

        var failedPercent: Double { 100 * Double(failures) / Double(requests) }
    }

    /// An hour with ten visitors.
    private static func drill(_ state: String, seed: UInt64 = 1) throws -> Drill {
        let bench = try Prover(prepared: AnyCompany.prepared, seed: seed).bench()
        let pack = AnyCompany.prepared.pack
        let text = try #require(pack.journeys.first { $0.name == "load/visitors.json" }?.text)
        let file = JourneyFile(path: "visitors", text: text, services: pack.services + pack.aliases.map(\.alias))
        return try bench.loop.run {
            // With a level that costs little: thousands of requests go by.
            try await bench.open(state: state, instrumentation: .infrastructure)
            let start = bench.loop.now
            let profile = LoadProfile(.closed(users: Curve(constant: 10)), duration: .seconds(3_600), patience: .seconds(60))
            let statistics = try await bench.visitors.visit(LoadPlan(.file(file), profile: profile))
            let kills = try await bench.shop.with { core in
                core.recorder.events().elements.filter { $0.attributes["reason"] == "Killing" }.map { (pod: $0.attributes["pod_name"]?.text ?? "", time: $0.time) }
            }
            await bench.shop.close()
            return Drill(
                killed: kills.map(\.pod), seconds: kills.map { ($0.time - start) / .seconds(1) }, requests: statistics.requests, failures: statistics.failureCount)
        }
    }

    @Test func `with two replicas hardly anybody notices, with one many do`() throws {
        let (calm, two, one) = (try Self.drill("fixed"), try Self.drill("pods-vanish"), try Self.drill("pods-vanish-alone"))
        #expect(calm.killed.isEmpty)
        // 3600 s at 60 to 90 s each.
        #expect((40...60).contains(two.killed.count))
        #expect(zip(two.seconds, two.seconds.dropFirst()).allSatisfy { (59.9...91).contains($1 - $0) })
        #expect(Set(two.killed.map { $0.prefix { $0 != "-" } }) == ["frontend", "catalogservice", "cartservice", "orderservice", "recommenderservice", "imageservice"])
        #expect(two.failedPercent - calm.failedPercent < 1, "\(two.failedPercent) against \(calm.failedPercent)")
        #expect(one.failedPercent - calm.failedPercent > 1.5, "\(one.failedPercent) against \(calm.failedPercent)")
    }

    @Test func `the same seed kills the same pods at the same times`() throws {
        let first = try Self.drill("pods-vanish", seed: 7)
        #expect(try Self.drill("pods-vanish", seed: 7) == first)
        #expect(try Self.drill("pods-vanish", seed: 8).killed != first.killed)
    }
}
