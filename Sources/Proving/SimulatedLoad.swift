import Base
import Load
import Query
import Storefront
import Synthetics
import Telemetry

/// Runs journeys against a shop in simulated time: minutes with thousands of visitors take seconds, and the same seed always gives the same
/// requests, figures and telemetry.
public struct SimulatedLoad: Sendable {
    private let prepared: PreparedPack
    private let state: String
    private let instrumentation: Instrumentation?

    /// - Parameter instrumentation: Wins over the state's own level; nil leaves that.
    public init(_ prepared: PreparedPack, state: String, instrumentation: Instrumentation? = nil) {
        self.prepared = prepared
        self.state = state
        self.instrumentation = instrumentation
    }

    public struct Outcome: Sendable {
        public var statistics: RunStatistics
        /// What each of the evidence queries has found, in their order.
        public var matches: [Int]
        /// Hash of the shop's state afterwards.
        public var fingerprint: UInt64
    }

    /// Opens a fresh shop, runs the plan, then asks its telemetry. Blocks the calling thread.
    ///
    /// - Parameters:
    ///   - evidence: Queries about what happened since the start.
    ///   - onSecond: Called every simulated second.
    /// - Throws: `Problems` when the journey has mistakes, or why the shop could not be opened.
    public func run(_ plan: LoadPlan, evidence: [EvidenceQuery] = [], onSecond: (@Sendable (RunStatistics) -> Void)? = nil) throws -> Outcome {
        let loop = try EventLoop(virtualFrom: Bench.epoch)
        let bench = Bench(prepared, checks: [], seed: plan.profile.seed, loop: loop)
        let (state, instrumentation) = (state, instrumentation)
        return try loop.run {
            try await bench.open(state: state, instrumentation: instrumentation, keepsTelemetry: !evidence.isEmpty)
            let start = loop.now
            let statistics = try await bench.visitors.visit(plan, onSecond: onSecond)
            var matches: [Int] = []
            for query in evidence { matches.append(try await bench.matches(query, since: start)) }
            let fingerprint = try await bench.fingerprint()
            await bench.shop.close()
            return Outcome(statistics: statistics, matches: matches, fingerprint: fingerprint)
        }
    }
}
