import Base
import HTTP
import Packs
import Query
import Storefront
import Synthetics
import Telemetry

/// A shop in simulated time with its checks and its telemetry: where a pack is put to the proof. Lives on its loop.
struct Bench: Sendable {
    static let shopName = "shop"
    /// 2026-01-01 12:00 UTC; proofs begin at the same moment, so that they always go the same way.
    static let epoch = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

    let prepared: PreparedPack
    /// Those that can be asked here: simulated time has no browser.
    let checks: [CheckEntry]
    /// The pack's others, which proofs may name as well.
    let browserChecks: [CheckEntry]
    let seed: UInt64
    let shop: Shop
    let witness: Witness
    let transport: InProcessTransport
    let footprints = Footprints()

    let addresses: Addresses

    /// - Parameter isWatched: False when nobody asks what answers give away.
    init(_ prepared: PreparedPack, checks: [CheckEntry], seed: UInt64, loop: EventLoop, isWatched: Bool = true) {
        self.prepared = prepared
        self.checks = checks.filter { !$0.needsBrowser }
        browserChecks = checks.filter(\.needsBrowser)
        self.seed = seed
        shop = Shop(name: Self.shopName, loop: loop)
        addresses = Addresses(prepared.pack)
        witness = Witness(prepared.pack)
        transport = InProcessTransport(shop: shop, addresses: addresses, witness: isWatched ? witness : nil)
    }

    var loop: EventLoop { shop.loop }

    /// Base URL of a service, without a slash at the end.
    func url(of service: String) -> String { addresses.url(of: service) }
    var observabilityURL: String { Addresses.observabilityURL }

    /// - Parameters:
    ///   - instrumentation: Wins over the state's own level; nil leaves that.
    ///   - keepsTelemetry: False where nobody asks it.
    func open(state: String, instrumentation: Instrumentation?, keepsTelemetry: Bool = true) async throws {
        var configuration = ShopConfiguration()
        configuration.seed = seed
        configuration.shopName = Self.shopName
        configuration.instrumentation = instrumentation
        configuration.keepsTelemetry = keepsTelemetry
        let prepared = prepared
        let final = configuration
        let footprints = footprints
        try await shop.open { loop in
            let core = try await ShopCore.make(prepared, state: state, configuration: final, on: loop)
            footprints.watch(core)
            return core
        }
    }

    // MARK: Checks

    /// What became of the checks.
    struct Verdict: Sendable {
        /// Names, in the order of the files.
        var red: [String] = []
        /// Why, by name.
        var reasons: [String: String] = [:]
    }

    /// Runs the checks, several at a time, as the command for learners does.
    func judge(_ entries: [CheckEntry]) async -> Verdict {
        var random = SeededRandom(seed: seed)
        let runner = Runner(send: transport, loop: loop, sources: VariableSources(given: addresses.variables))
        let results = await runner.run(entries, random: &random)
        let failed = results.filter { $0.status == .failed }
        return Verdict(
            red: failed.map(\.name), reasons: Dictionary(failed.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first }))
    }

    // MARK: Telemetry

    /// Lets everything end that a phase has left behind, such as requests whose clients gave up: longer than any check waits for an
    /// answer, and short, because what services do by themselves goes on meanwhile.
    func settle() async throws { try await loop.sleep(for: .seconds(61)) }

    /// Forgets all telemetry, so that what is there later has happened since. Gives the time of that.
    func forgetTelemetry() async throws -> Timestamp {
        try await shop.with { $0.recorder.reset() }
        return loop.now
    }

    func matches(_ query: EvidenceQuery, since: Timestamp) async throws -> Int {
        try await shop.with { core in
            core.refreshMetrics()
            return query.matches(in: core.recorder, since: since)
        }
    }

    /// Reads telemetry and wirings for words that give the answer away.
    func inspect() async throws {
        let witness = witness
        try await shop.with { core in
            for (kind, text) in TelemetryText.all(core.recorder) { witness.look(at: text, kind) }
            for service in core.services { witness.look(atWiring: try core.source(of: service.name), of: service.name) }
        }
    }

    func fingerprint() async throws -> UInt64 { try await shop.with { try await $0.fingerprint() } }

    /// Hash of what runs, data and sessions left out.
    func deployedFingerprint() async throws -> UInt64 { try await shop.with { $0.deployedFingerprint } }
}

extension CheckResult {
    /// The failure in one sentence: of an assertion that failed, else of the exchange.
    var reason: String {
        let step = steps.first { $0.status == .failed && !$0.allowsFailure } ?? steps.first { $0.status == .failed }
        guard let step else { return "" }
        let sentence = step.assertions.first { !$0.isValid }?.sentence ?? step.failure.map { "\($0.code.rawValue): \($0.message)" } ?? ""
        return isMultistep ? "\(step.name): \(sentence)" : sentence
    }
}
