import Base
import Packs
import Storefront
import Synthetics

/// Switches two faults on together, pair after pair in one shop that is reset in between.
struct PairTrial: Sendable {
    struct Pair: Sendable {
        var first: FaultDefinition
        var second: FaultDefinition
        /// What is known of the checks from each fault alone; nil when all must be asked.
        var known: SinglesKnowledge?
    }

    let bench: Bench
    let pairs: [Pair]

    /// Must run on the bench's loop.
    func run() async -> [PairProof] {
        let names = bench.checks.map(\.name)
        let expectations = pairs.map { Expectation(checks: names, faults: [$0.first, $0.second]) }
        var proofs = zip(pairs, expectations).map { PairProof(first: $0.first.name, second: $0.second.name, expected: $1.failing) }
        do {
            try await bench.open(state: HealthyTrial.stateName, instrumentation: .full)
        } catch {
            for index in proofs.indices { proofs[index].findings.append(.refused(phase: .opened, message: "\(error)")) }
            return proofs
        }
        for index in proofs.indices { await observe(pairs[index].known, &proofs[index], expectations[index]) }
        await bench.shop.close()
        return proofs
    }

    private func observe(_ known: SinglesKnowledge?, _ proof: inout PairProof, _ expectation: Expectation) async {
        let asked = bench.checks.filter { known?.isCertain(of: $0) != true }
        proof.asked = asked.count
        do {
            var verdict = try await verdict(of: asked, with: [proof.first, proof.second])
            if let known {
                let red = Set(verdict.red).union(known.red.subtracting(asked.map(\.name)))
                verdict.red = bench.checks.map(\.name).filter(red.contains)
            }
            proof.red = verdict.red
            proof.findings += expectation.findings(verdict, .together)
        } catch {
            proof.findings.append(.refused(phase: .together, message: "\(error)"))
        }
    }

    private func verdict(of checks: [CheckEntry], with faults: [String]) async throws -> Bench.Verdict {
        if checks.isEmpty { return Bench.Verdict() }
        try await bench.shop.with { core in
            try await core.reset()
            for active in core.activeFaults { try await core.switchOff(active.name) }
            for name in faults { try await core.switchOn(name) }
        }
        try await bench.awaitRollout()
        let verdict = await bench.judge(checks)
        // Off, so that what the faults do in the background need not be worked out for the time that nobody looks at.
        try await bench.shop.with { core in
            for name in faults { try await core.switchOff(name) }
        }
        try await bench.settle()
        return verdict
    }
}

/// What two faults alone tell about both together.
///
/// A fault concerns a check that reaches a place which it changes. A check that only one of two faults concerns does with both what it does
/// with that one alone, so only checks that both concern are asked again. A fault that makes checks fail which it does not concern, or that in the
/// background does something to other services or keeps what others wait for, spreads: what it does depends on what else is asked, so with it
/// everything is.
struct SinglesKnowledge: Sendable {
    /// Checks that failed with either fault alone.
    let red: Set<String>
    /// Checks that were asked with each fault alone.
    private let known: Set<String>
    /// Checks that both faults concern.
    private let uncertain: Set<String>

    /// - Parameters:
    ///   - proofs: Of both faults, in their order.
    ///   - readers: Checks that read telemetry: for them all counts that the services which they reach do, also for others.
    init(_ faults: [FaultDefinition], _ changes: [ChangedPlaces], _ proofs: [FaultProof], readers: Set<String>) {
        red = Set(proofs.flatMap(\.red))
        let spreads = zip(proofs, changes).contains { proof, change in
            change.isShared || proof.red.contains { !change.contain(proof.footprints[$0] ?? [], readsTelemetry: readers.contains($0)) }
        }
        known = spreads ? [] : Set(proofs.flatMap(\.footprints.keys))
        let mutual = faults.flatMap { fault in
            faults.flatMap { other in (fault.proof.together[other.name] ?? []) + (fault.proof.masked[other.name] ?? []) }
        }
        uncertain = known.filter { check in
            let places = proofs.reduce(into: Set<Place>()) { $0.formUnion($1.footprints[check] ?? []) }
            return faults.indices.allSatisfy { index in
                let (fault, proof) = (faults[index], proofs[index])
                return changes[index].contain(places, readsTelemetry: readers.contains(check)) || proof.red.contains(check) || fault.proof.red.contains(check)
                    || fault.proof.sometimes.contains(check)
            }
        }.union(mutual)
    }

    /// True when a check need not be asked: it does what it does with one of the faults alone.
    func isCertain(of check: CheckEntry) -> Bool { known.contains(check.name) && !uncertain.contains(check.name) }
}
