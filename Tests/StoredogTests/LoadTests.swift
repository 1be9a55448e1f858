import Base
import Load
import Query
import Storefront
import Telemetry
import Testing

@testable import Proving

/// The pack's journeys against its shop, in simulated time.
@Suite struct StoredogLoadTests {
    private static func file(_ name: String) throws -> JourneyFile {
        let pack = Storedog.prepared.pack
        let text = try #require(pack.journeys.first { $0.name == "load/\(name).json" }?.text)
        return JourneyFile(path: name + ".json", text: text, services: pack.services + pack.aliases.map(\.alias))
    }

    private static func run(
        _ name: String, state: String = "fixed", users: Int, seconds: Int, seed: UInt64 = 1, evidence: [String] = []
    ) throws -> SimulatedLoad.Outcome {
        let profile = LoadProfile(.closed(users: Curve(constant: Double(users))), duration: .seconds(seconds), patience: .seconds(60), seed: seed)
        let queries = try evidence.map { try EvidenceQuery.parse($0) }
        return try SimulatedLoad(Storedog.prepared, state: state).run(LoadPlan(.file(try file(name)), profile: profile), evidence: queries)
    }

    private static func requests(_ outcome: SimulatedLoad.Outcome, _ name: String) -> Int {
        outcome.statistics.entries.filter { $0.name == name }.reduce(0) { $0 + $1.requests }
    }

    @Test func `shoppers in the fixed shop buy, and nothing fails`() throws {
        let outcome = try Self.run("shoppers", users: 40, seconds: 240)
        #expect(outcome.statistics.failures.rows.map(\.reason) == [])
        for name in ["home", "product", "category", "cart", "footer", "/ensure_cart", "/api/v2/storefront/cart/apply_coupon_code", "/checkout/update/payment"] {
            #expect(Self.requests(outcome, name) > 10, "\(name)")
        }
        #expect(Self.requests(outcome, "place order") > 50)
        #expect(outcome.statistics.total.statuses.map(\.status) == [200, 422])
    }

    @Test func `shoppers in the broken shop meet slow pages and errors, and the telemetry shows them`() throws {
        let outcome = try Self.run(
            "shoppers", state: "broken", users: 20, seconds: 60,
            evidence: ["trace service:store-frontend status:error", "trace service:discounts-service sql_count>50", "trace service:store-frontend resource:nothing"])
        let reasons = Set(outcome.statistics.failures.rows.map(\.reason))
        #expect(reasons.contains("HTTPError('500 Server Error: Internal Server Error for url: category')"))
        let home = try #require(outcome.statistics.entries.first { $0.name == "home" })
        #expect(home.latency.quantile(0.5) > .milliseconds(2_500))
        #expect(outcome.matches[0] > 0)
        #expect(outcome.matches[1] > 0)
        #expect(outcome.matches[2] == 0)
    }

    @Test(arguments: ["shoppers", "browsing", "attack"]) func `the same seed gives the same figures and the same shop, another seed others`(name: String) throws {
        func facts(_ seed: UInt64) throws -> [String] {
            let outcome = try Self.run(name, state: "attack", users: 30, seconds: 45, seed: seed)
            return [LoadJSON(outcome.statistics, title: "").value.json(), LocustReport(outcome.statistics).text, outcome.fingerprint.hex]
        }
        let first = try facts(1)
        #expect(try facts(1) == first)
        #expect(try facts(2) != first)
    }

    @Test func `browsing has the proportions of the recorded session`() throws {
        let outcome = try Self.run("browsing", users: 200, seconds: 120)
        #expect(outcome.statistics.failureCount == 0)
        let pages = ["home": 11, "product": 16, "search": 2, "category": 3, "cart": 3]
        let all = pages.keys.reduce(0) { $0 + Self.requests(outcome, $1) }
        for (name, share) in pages {
            let expected = Double(all) * Double(share) / 35
            #expect(abs(Double(Self.requests(outcome, name)) - expected) < expected * 0.25, "\(name)")
        }
        #expect(Self.requests(outcome, "/cart_link") == Self.requests(outcome, "/api_tokens"))
    }

    @Test func `the attack asks for hidden pages and guesses passwords, as the state's journey`() throws {
        let state = try #require(Storedog.prepared.pack.state(named: "attack"))
        #expect(state.load == "attack")
        let outcome = try Self.run("attack", state: "attack", users: 26, seconds: 200, evidence: ["trace service:store-frontend resource:\"GET 404\""])
        let entries = outcome.statistics.entries
        // Two rounds of each list: at 15 s, and after 180 s or 120 s.
        let scan = try #require(entries.first { $0.name == "/[word]" })
        #expect(scan.requests == 2 * 120 * 8)
        #expect(scan.statuses.first { $0.status == 404 }.map { $0.count > scan.requests / 2 } == true)
        let guesses = try #require(entries.first { $0.method == "POST" })
        #expect(guesses.requests == 2 * 45 * 8)
        #expect(guesses.statuses.allSatisfy { $0.status == 422 || $0.status == 200 })
        #expect(entries.first { $0.name == "/[nowhere]" }?.requests == 2)
        #expect(outcome.statistics.failureCount == 0)
        #expect(outcome.matches[0] > 0)
    }

    @Test func `hundreds of visitors are let in over simulated minutes`() throws {
        let profile = LoadProfile(.closed(users: Curve(from: 0, stages: [(300, .seconds(30)), (300, .seconds(30)), (0, .seconds(30))])), duration: .seconds(90))
        let outcome = try SimulatedLoad(Storedog.prepared, state: "fixed", instrumentation: Instrumentation.none).run(LoadPlan(.file(try Self.file("browsing")), profile: profile))
        #expect(outcome.statistics.mostUsers == 300)
        #expect(outcome.statistics.requests > 5_000)
        #expect((60.0...90.5).contains(outcome.statistics.seconds))
    }
}
