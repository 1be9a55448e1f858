import Base
import Packs
import Storefront
import Synthetics

/// Switches two faults on together, pair after pair in one shop that is reset in between.
struct PairTrial: Sendable {
    struct Pair: Sendable {
        var first: FaultDefinition
        var second: FaultDefinition
    }

    let bench: Bench
    let pairs: [Pair]

    /// Must run on the bench's loop.
    func run() async -> [PairProof] {
        let names = bench.checks.map(\.name)
        let expectations = pairs.map { Expectation(checks: names, faults: [$0.first, $0.second]) }
        var proofs = zip(pairs, expectations).map { PairProof(first: $0.first.name, second: $0.second.name, expected: $1.failing) }
        do {
            try await bench.open(state: FaultTrial.stateName, instrumentation: .full)
        } catch {
            for index in proofs.indices { proofs[index].findings.append(.refused(phase: .opened, message: "\(error)")) }
            return proofs
        }
        for index in proofs.indices { await observe(&proofs[index], expectations[index]) }
        await bench.shop.close()
        return proofs
    }

    private func observe(_ proof: inout PairProof, _ expectation: Expectation) async {
        let names = [proof.first, proof.second]
        do {
            try await bench.shop.with { core in
                try await core.reset()
                for active in core.activeFaults { try await core.switchOff(active.name) }
                for name in names { try await core.switchOn(name) }
            }
            try await bench.awaitRollout()
            let verdict = await bench.judge(bench.checks)
            proof.red = verdict.red
            proof.findings += expectation.findings(verdict, .together)
            try await bench.settle()
        } catch {
            proof.findings.append(.refused(phase: .together, message: "\(error)"))
        }
    }
}
