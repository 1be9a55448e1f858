import Base
import Database
import HTTP
import Packs
import Query
import Storefront
import Synthetics
import Telemetry

/// A shop in simulated time that is judged. Lives on its loop.
struct GradedShop: Sendable {
    let prepared: PreparedPack
    let seed: UInt64
    let shop: Shop
    let addresses: Addresses
    let transport: InProcessTransport

    init(_ prepared: PreparedPack, seed: UInt64, from start: Timestamp) throws(SystemError) {
        self.prepared = prepared
        self.seed = seed
        shop = Shop(name: Bench.shopName, loop: try EventLoop(virtualFrom: start))
        addresses = Addresses(prepared.pack)
        transport = InProcessTransport(shop: shop, addresses: addresses, witness: nil)
    }

    var loop: EventLoop { shop.loop }
    var sources: VariableSources { VariableSources(given: addresses.variables) }

    // MARK: Opening

    /// Opens the shop in a state with exactly these faults on, and with what a learner has deployed.
    ///
    /// - Throws: `Problems` with their places in the learner's files, `ShopCore.Refusal` for a service or view that the pack does not have.
    func open(state: String, faults: [ActiveFault], submission: Submission = Submission()) async throws {
        var configuration = ShopConfiguration()
        configuration.seed = seed
        configuration.shopName = Bench.shopName
        // Evidence and some checks need telemetry whatever the state would record.
        configuration.instrumentation = .full
        let (prepared, final) = (prepared, configuration)
        try await shop.open { loop in
            try await ShopCore.make(prepared, state: state, configuration: final, on: loop, faults: faults, submission: submission)
        }
    }

    /// The greatest number of versions that a service has.
    func versionCount() async throws -> Int {
        try await shop.with { $0.services.map(\.deployments.count).max() ?? 1 }
    }

    // MARK: Looking

    /// Runs the checks, several at a time, as the command for learners does.
    func failures(of entries: [CheckEntry]) async -> [Shortcoming] {
        var random = SeededRandom(seed: seed)
        let results = await Runner(send: transport, loop: loop, sources: sources).run(entries, random: &random)
        return zip(entries, results).filter { $1.status == .failed }.map { entry, result in
            Shortcoming(.check(name: result.name), services(of: entry), result.reason)
        }
    }

    private func services(of entry: CheckEntry) -> Set<String> {
        guard case .check(let check) = entry else { return [] }
        return Set(
            check.steps.compactMap { step in
                if case .http(let request, _, _) = step.action { service(at: request.url) } else { nil }
            })
    }

    /// The service behind a URL that begins with a variable such as `{{ ADS_URL }}`; nil for what is no service of the shop.
    func service(at url: String) -> String? {
        guard url.hasPrefix("{{"), let end = url.firstRange(of: "}}")?.lowerBound else { return nil }
        let name = url[..<end].dropFirst(2).filter { $0 != " " }
        guard let base = addresses.variables[name], case .service(let service)? = try? addresses.destination(of: base) else { return nil }
        return service
    }

    /// Faults whose evidence queries find something, with these queries.
    func evidence(of faults: [FaultDefinition]) async throws -> [(fault: String, found: [(query: String, matches: Int)])] {
        try await shop.with { core in
            core.refreshMetrics()
            return faults.compactMap { fault in
                let queries = fault.proof.evidence.compactMap { try? EvidenceQuery.parse($0) }
                let found = queries.map { (query: $0.description, matches: $0.matches(in: core.recorder)) }.filter { $0.matches > 0 }
                return found.isEmpty ? nil : (fault.name, found)
            }
        }
    }

    /// Ends the shop, and lets what still waits in it end too: whatever hangs in the loop keeps the whole shop in memory.
    func close() async throws {
        await shop.close()
        try await settle()
    }

    /// Lets everything end that is still under way; see `Bench.settle`.
    func settle() async throws { try await loop.sleep(for: .seconds(61)) }
}
