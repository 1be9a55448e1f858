import Query

/// Asks a fresh shop without faults everything that proofs of faults ask: it is the same for all of them, so once is enough.
struct HealthyTrial: Sendable {
    /// The healthy state; every pack has it.
    static let stateName = "fixed"

    let bench: Bench
    /// Evidence queries of all faults.
    let queries: [EvidenceQuery]

    struct Outcome: Sendable {
        fileprivate(set) var verdict: Result<[Finding], any Error> = .success([])
        /// By the text of the query; only those that match something.
        fileprivate(set) var matches: [String: Int] = [:]
        fileprivate(set) var leaks: [Leak] = []

        /// What speaks against a fault with these queries before it is on.
        ///
        /// - Throws: What kept the shop from being asked.
        func findings(_ queries: [EvidenceQuery]) throws -> [Finding] {
            try verdict.get()
                + queries.compactMap { query in matches[query.description].map { .evidence(query: query.description, phase: .healthy, matches: $0) } }
        }
    }

    /// Must run on the bench's loop.
    func run() async -> Outcome {
        var outcome = Outcome()
        do {
            _ = try await bench.openHealthy()
            let since = try await bench.forgetTelemetry()
            try await bench.awaitRollout()
            let verdict = await bench.judge(bench.checks)
            outcome.verdict = .success(Expectation(checks: bench.checks.map(\.name), faults: []).findings(verdict, .healthy))
            for query in queries {
                let matches = try await bench.matches(query, since: since)
                if matches > 0 { outcome.matches[query.description] = matches }
            }
            try await bench.inspect()
        } catch {
            outcome.verdict = .failure(error)
        }
        await bench.shop.close()
        outcome.leaks = bench.witness.leaks
        return outcome
    }
}

extension Bench {
    /// Opens the shop without faults and with full instrumentation: evidence and some checks need telemetry whatever the state would record.
    /// Gives the hash of its state before the state's own faults were switched off.
    func openHealthy() async throws -> UInt64 {
        try await open(state: HealthyTrial.stateName, instrumentation: .full)
        let fresh = try await fingerprint()
        try await shop.with { core in
            for active in core.activeFaults { try await core.switchOff(active.name) }
        }
        return fresh
    }
}
