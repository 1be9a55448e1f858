import Base
import Dispatch
import HTTP
import Packs
import Query
import Storefront
import Synchronization
import Synthetics

/// Proves a pack: every fault shows what it says while it is on, nothing before and nothing after, and gives nothing away.
///
/// Runs the pack's own checks and evidence queries against shops in simulated time, a fresh one for each fault and each state, and one
/// without faults for all. The same pack and seed always give the same report.
public struct Prover: Sendable {
    private let prepared: PreparedPack
    private let checks: [CheckEntry]
    private let seed: UInt64
    private let asksEverything: Bool

    /// - Parameter asksEverything: With two faults on, also the checks that cannot be told about one of them.
    /// - Throws: The mistakes in the pack's check files.
    public init(prepared: PreparedPack, seed: UInt64 = 1, asksEverything: Bool = false) throws(Problems) {
        self.prepared = prepared
        self.asksEverything = asksEverything
        self.seed = seed
        var checks: [CheckEntry] = []
        var problems: [Problem] = []
        for file in prepared.pack.checks {
            do { checks += try CheckFile.read(file.text, file: prepared.pack.files.displayPath(file.name)) } catch { problems += error.list }
        }
        if !problems.isEmpty { throw Problems(problems) }
        self.checks = checks
    }

    /// Proves all faults and states, as many at a time as there are cores. Blocks the calling thread, for seconds of real time at most.
    ///
    /// - Throws: `SystemError` when the system gives no event loop.
    public func prove() throws -> ProofReport {
        let pack = prepared.pack
        let faults = try proofs(of: pack.faults)
        return ProofReport(
            pack: pack.name, faults: faults, states: try Self.concurrently(pack.states) { try prove($0) },
            pairs: try provePairs(after: asksEverything ? nil : faults))
    }

    /// Proves some faults, and nothing else.
    ///
    /// - Throws: `ShopCore.Refusal` for a fault that the pack does not have.
    public func prove(faults names: [String]) throws -> ProofReport {
        let pack = prepared.pack
        let faults = try names.map { name in
            guard let fault = pack.fault(named: name) else {
                throw ShopCore.Refusal("the pack \"\(pack.name)\" has no fault \"\(name)\"" + suggestion(for: name, among: pack.faults.map(\.name)))
            }
            return fault
        }
        return ProofReport(pack: pack.name, faults: try proofs(of: faults), states: [], pairs: [])
    }

    /// Proves every two faults that can be on together.
    ///
    /// - Parameter proofs: Of all faults alone, in their order: what they tell need not be asked again. Nil asks everything.
    public func provePairs(after proofs: [FaultProof]? = nil) throws -> [PairProof] {
        try Self.concurrently(pairs(after: proofs)) { try prove($0) }.flatMap { $0 }
    }

    /// The results in the order of the elements.
    private static func concurrently<Element: Sendable, Proof: Sendable>(
        _ elements: [Element], _ prove: @Sendable (Element) throws -> Proof
    ) throws -> [Proof] {
        let results = Mutex<[Int: Result<Proof, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: elements.count) { index in
            let result = Result { try prove(elements[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { results in try elements.indices.map { try results[$0]!.get() } }
    }

    /// Proves one fault.
    public func prove(_ fault: FaultDefinition) throws -> FaultProof { try proofs(of: [fault])[0] }

    private func proofs(of faults: [FaultDefinition]) throws -> [FaultProof] {
        let bench = try bench()
        let queries = faults.flatMap(\.proof.evidence).compactMap { try? EvidenceQuery.parse($0) }
        let healthy = try bench.loop.run { await HealthyTrial(bench: bench, queries: queries).run() }
        return try Self.concurrently(faults) { fault in
            let bench = try self.bench()
            return try bench.loop.run { await FaultTrial(bench: bench, fault: fault, healthy: healthy).run() }
        }
    }

    /// Proves one state.
    public func prove(_ state: StateDefinition) throws -> StateProof {
        let bench = try bench()
        return try bench.loop.run { await StateTrial(bench: bench, state: state).run() }
    }

    /// Every two faults that can be on together, in portions for one shop each. How many does not depend on the machine, so that
    /// neither does what each shop has behind it.
    private func pairs(after proofs: [FaultProof]?) -> [[PairTrial.Pair]] {
        let faults = prepared.pack.faults
        let changes = faults.map { ChangedPlaces($0, in: prepared.pack) }
        let readers = Set(checks.filter(\.readsTelemetry).map(\.name))
        let pairs = faults.indices.flatMap { first in
            faults.indices[(first + 1)...].filter { Wiring.areCompatible(faults[first], faults[$0]) }.map { second in
                PairTrial.Pair(
                    first: faults[first], second: faults[second],
                    known: proofs.map { SinglesKnowledge([faults[first], faults[second]], [changes[first], changes[second]], [$0[first], $0[second]], readers: readers) })
            }
        }
        let size = max(1, (pairs.count + Self.pairPortions - 1) / Self.pairPortions)
        return stride(from: 0, to: pairs.count, by: size).map { Array(pairs[$0..<min($0 + size, pairs.count)]) }
    }

    private static let pairPortions = 4

    private func prove(_ pairs: [PairTrial.Pair]) throws -> [PairProof] {
        // What each fault alone gives away was found already.
        let bench = try bench(isWatched: false)
        return try bench.loop.run { await PairTrial(bench: bench, pairs: pairs).run() }
    }

    func bench(isWatched: Bool = true) throws -> Bench {
        Bench(prepared, checks: checks, seed: seed, loop: try EventLoop(virtualFrom: Bench.epoch), isWatched: isWatched)
    }
}
