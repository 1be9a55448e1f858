import Base
import Packs
import Storefront
import Synthetics

/// Everything that is seen of a shop while it is judged.
struct Observation: Sendable {
    /// Checks that fail, and what differs from the healthy shop.
    var shortcomings: [Shortcoming] = []
    /// By fault: matches of its evidence queries, those without any left out.
    var evidence: [String: [(query: String, matches: Int)]] = [:]

    /// What another look at the same shop has shown too; what is there already stays as it is.
    mutating func add(_ other: Observation) {
        let known = Set(shortcomings.map(\.subject))
        shortcomings += other.shortcomings.filter { !known.contains($0.subject) }
        for (fault, found) in other.evidence where evidence[fault] == nil { evidence[fault] = found }
    }
}

/// Looks at a shop that is open: checks, evidence, probes. Must run on the shop's loop.
struct Observer {
    let graded: GradedShop
    let checks: [CheckEntry]
    let probes: [Probe]
    /// For each probe what healthy shops answer.
    let healthy: [[ProbeRecording]]
    /// Whose evidence is looked for.
    let faults: [FaultDefinition]

    func observe() async throws -> Observation {
        var observation = Observation()
        try await graded.shop.with { core in
            try await core.rewind()
            core.world.isEveryChanceCertain = false
        }
        observation.shortcomings += await graded.failures(of: checks)
        try await lookForEvidence(&observation)
        for (probe, healthy) in zip(probes, healthy) {
            try await graded.settle()
            let judged = try await ProbeRun(probe, on: graded).record()
            observation.shortcomings += ProbeComparison(probe: probe, healthy: healthy, judged: judged, service: graded.service(at:)).shortcomings()
            try await lookForEvidence(&observation)
        }
        for load in faults.compactMap(\.proof.load) {
            try await Visitors(shop: graded.shop, addresses: graded.addresses, pack: graded.prepared.pack).visit(load, seed: graded.seed)
            try await lookForEvidence(&observation)
        }
        return observation
    }

    private func lookForEvidence(_ observation: inout Observation) async throws {
        for (fault, found) in try await graded.evidence(of: faults) where observation.evidence[fault] == nil { observation.evidence[fault] = found }
    }
}
