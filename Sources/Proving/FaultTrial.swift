import Base
import Packs
import Query
import Storefront
import Synthetics

/// Switches one fault of a fresh shop on and off again and compares what shows with what the fault says of itself.
struct FaultTrial: Sendable {
    let bench: Bench
    let fault: FaultDefinition
    /// What the same shop shows without the fault.
    let healthy: HealthyTrial.Outcome

    /// Must run on the bench's loop.
    func run() async -> FaultProof {
        var proof = FaultProof(name: fault.name, title: fault.title)
        var phase = Phase.healthy
        let queries = prepare(&proof)
        do {
            let fresh = try await bench.openHealthy()
            let deployed = try await bench.deployedFingerprint()
            proof.findings += try healthy.findings(queries)
            phase = .broken
            try await observe(phase, queries, &proof)
            phase = .recovered
            try await observe(phase, queries, &proof)
            if try await bench.deployedFingerprint() != deployed { proof.findings.append(.notRestored) }
            phase = .reset
            try await bench.shop.with { try await $0.reset() }
            if try await bench.fingerprint() != fresh { proof.findings.append(.notReset) }
        } catch {
            proof.findings.append(.refused(phase: phase, message: "\(error)"))
        }
        await bench.shop.close()
        proof.footprints = bench.footprints.places
        proof.findings += (healthy.leaks + bench.witness.leaks.filter { leak in !healthy.leaks.contains { $0.isSame(as: leak) } }).map { .leak($0) }
        return proof
    }

    /// Judges what the fault says of itself before anything runs.
    private func prepare(_ proof: inout FaultProof) -> [EvidenceQuery] {
        let askable = bench.checks.map(\.name)
        if !fault.proof.red.contains(where: askable.contains) && fault.proof.evidence.isEmpty { proof.findings.append(.noProof) }
        let names = askable + bench.browserChecks.map(\.name)
        let named = fault.proof.red + fault.proof.sometimes + (Array(fault.proof.together) + Array(fault.proof.masked)).sorted { $0.key < $1.key }.flatMap(\.value)
        for name in named where !names.contains(name) {
            proof.findings.append(.unknownCheck(name: name, suggestion: suggestion(for: name, among: names)))
        }
        return fault.proof.evidence.compactMap { text in
            do throws(QueryError) { return try EvidenceQuery.parse(text) } catch {
                proof.findings.append(.malformedQuery(query: text, message: "\(error)"))
                return nil
            }
        }
    }

    /// One phase: telemetry forgotten, the fault put on or off, the checks run, everything compared.
    private func observe(_ phase: Phase, _ queries: [EvidenceQuery], _ proof: inout FaultProof) async throws {
        let since = try await bench.forgetTelemetry()
        let name = fault.name
        try await bench.shop.with { core in
            if phase == .broken { try await core.switchOn(name) } else { try await core.switchOff(name) }
        }
        try await bench.awaitRollout()
        let verdict = await bench.judge(bench.checks)
        if phase == .broken { proof.red = verdict.red }
        let expectation = Expectation(checks: bench.checks.map(\.name), faults: phase == .broken ? [fault] : [])
        proof.findings += expectation.findings(verdict, phase)
        if phase == .broken, let load = fault.proof.load { try await bench.visitors.visit(load, seed: bench.seed) }
        for query in queries {
            let matches = try await bench.matches(query, since: since)
            if phase == .broken { proof.evidence.append((query.description, matches)) }
            if phase == .broken, matches == 0 { proof.findings.append(.noEvidence(query: query.description)) }
            if phase != .broken, matches > 0 { proof.findings.append(.evidence(query: query.description, phase: phase, matches: matches)) }
        }
        try await bench.inspect()
        try await bench.settle()
        try await bench.awaitRollout()
    }
}

extension CheckEntry {
    var name: String {
        switch self {
        case .check(let check): check.name
        case .unavailable(let test): test.name
        }
    }
}
