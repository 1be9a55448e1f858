import Base
import HTTP
import Packs
import Storefront
import Synthetics

/// Proves a pack: every fault shows what it says while it is on, nothing before and nothing after, and gives nothing away.
///
/// Runs the pack's own checks and evidence queries against shops in simulated time, a fresh one for each fault and each state. The same
/// pack and seed always give the same report.
public struct Prover: Sendable {
    private let prepared: PreparedPack
    private let checks: [CheckEntry]
    private let seed: UInt64

    /// - Throws: The mistakes in the pack's check files.
    public init(prepared: PreparedPack, seed: UInt64 = 1) throws(Problems) {
        self.prepared = prepared
        self.seed = seed
        var checks: [CheckEntry] = []
        var problems: [Problem] = []
        for file in prepared.pack.checks {
            do { checks += try CheckFile.read(file.text, file: prepared.pack.files.displayPath(file.name)) } catch { problems += error.list }
        }
        if !problems.isEmpty { throw Problems(problems) }
        self.checks = checks
    }

    /// Proves all faults and states. Blocks the calling thread, for seconds of real time at most.
    ///
    /// - Throws: `SystemError` when the system gives no event loop.
    public func prove() throws -> ProofReport {
        ProofReport(
            pack: prepared.pack.name, faults: try prepared.pack.faults.map { try prove($0) }, states: try prepared.pack.states.map { try prove($0) })
    }

    /// Proves one fault.
    public func prove(_ fault: FaultDefinition) throws -> FaultProof {
        let bench = try bench()
        return try bench.loop.run { await FaultTrial(bench: bench, fault: fault).run() }
    }

    /// Proves one state.
    public func prove(_ state: StateDefinition) throws -> StateProof {
        let bench = try bench()
        return try bench.loop.run { await StateTrial(bench: bench, state: state).run() }
    }

    func bench() throws -> Bench {
        Bench(prepared, checks: checks, seed: seed, loop: try EventLoop(virtualFrom: Bench.epoch))
    }
}
