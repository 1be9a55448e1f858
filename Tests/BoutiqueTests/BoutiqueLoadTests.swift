import Load
import Storefront
import Testing

@testable import Proving

/// The pack's journeys against its shop, in simulated time.
@Suite struct BoutiqueLoadTests {
    private static func run(_ name: String, state: String, users: Int, seconds: Int) throws -> SimulatedLoad.Outcome {
        let pack = Boutique.prepared.pack
        let text = try #require(pack.journeys.first { $0.name == "load/\(name).json" }?.text)
        let file = JourneyFile(path: name + ".json", text: text, services: pack.services + pack.aliases.map(\.alias))
        let profile = LoadProfile(.closed(users: Curve(constant: Double(users))), duration: .seconds(seconds), patience: .seconds(60), seed: 1)
        return try SimulatedLoad(Boutique.prepared, state: state).run(LoadPlan(.file(file), profile: profile), evidence: [])
    }

    @Test(arguments: ["fixed", "broken"]) func `a hundred visitors of the original's load script meet no failure in a minute`(state: String) throws {
        let outcome = try Self.run("visitors", state: state, users: 100, seconds: 60)
        #expect(outcome.statistics.failures.rows.map(\.reason) == [])
        #expect(
            Set(outcome.statistics.entries.map { "\($0.method) \($0.name)" }) == [
                "POST /auth/login", "POST /auth/register", "GET /cart", "POST /cart", "POST /cart (checkout)", "POST /checkout", "GET /orders", "POST /payment/charge", "GET /products",
                "GET /products/[id]",
            ])
        #expect(outcome.statistics.total.requests > 1_500)
    }

    @Test func `a sale in the healthy shop sells what there is`() throws {
        #expect(try Self.run("sale", state: "fixed", users: 50, seconds: 5).statistics.failures.rows.map(\.reason) == [])
    }
}
