import Base
import Packs
import Storefront
import Synthetics
import Telemetry

/// Opens a fresh shop in a state and compares which checks fail with what the state's faults say.
struct StateTrial: Sendable {
    let bench: Bench
    let state: StateDefinition

    /// Must run on the bench's loop.
    func run() async -> StateProof {
        let pack = bench.prepared.pack
        let (asked, unasked) = split()
        let expectation = Expectation(checks: asked.map(\.name), faults: state.faults.compactMap { pack.fault(named: $0) })
        var proof = StateProof(name: state.name, title: state.title, expected: expectation.failing)
        proof.unasked = unasked.map(\.name)
        do {
            try await bench.open(state: state.name, instrumentation: nil)
            let verdict = await bench.judge(asked)
            proof.red = verdict.red
            proof.findings += expectation.findings(verdict, .opened)
            try await Crawler(bench: bench).crawl()
            try await bench.inspect()
        } catch {
            proof.findings.append(.refused(phase: .opened, message: "\(error)"))
        }
        await bench.shop.close()
        proof.findings += bench.witness.leaks.map { .leak($0) }
        return proof
    }

    /// Checks that read telemetry say nothing about a shop that records none; a browser cannot look at one in simulated time.
    private func split() -> (asked: [CheckEntry], unasked: [CheckEntry]) {
        guard state.instrumentation != .full else { return (bench.checks, bench.browserChecks) }
        return (bench.checks.filter { !$0.readsTelemetry }, bench.checks.filter(\.readsTelemetry) + bench.browserChecks)
    }
}

extension CheckEntry {
    /// True when a step asks the observability API.
    var readsTelemetry: Bool {
        guard case .check(let check) = self else { return false }
        return check.steps.contains { step in
            if case .http(let request, _, _) = step.action { request.url.contains("OBSERVABILITY_URL") } else { false }
        }
    }
}
