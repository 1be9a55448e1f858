import Base
import Packs
import Storefront
import Synchronization
import Synthetics
import Telemetry

/// Judges fixes by behaviour: deploys what a learner has handed in, in simulated time, and compares it with the healthy shop.
///
/// Checks, probes, faults, states and data are always those of the pack as it was shipped. The same pack, seed, start and submission
/// always give the same grade.
public final class Grader: Sendable {
    private let prepared: PreparedPack
    private let seed: UInt64
    private let start: Timestamp
    private let checks: [CheckEntry]
    private let probes: [Probe]
    private let recordings = Mutex<[Assignment: [[ProbeRecording]]]>([:])
    private let leftovers = Mutex<[Assignment: Observation]>([:])

    /// The healthy state; every pack has it.
    private static let healthyState = "fixed"

    /// - Parameters:
    ///   - seed: Also feeds the values that probes put into the data.
    ///   - start: When simulated time begins; 2026-01-01 12:00 UTC when left out.
    /// - Throws: The mistakes in the pack's check and probe files.
    public init(prepared: PreparedPack, seed: UInt64 = 1, startingAt start: Timestamp? = nil) throws(Problems) {
        let questions = try Questions(prepared.pack)
        self.prepared = prepared
        self.seed = seed
        self.start = start ?? Bench.epoch
        // Simulated time has no browser.
        checks = questions.checks.filter { !$0.needsBrowser }
        probes = questions.probes
    }

    private var pack: Pack { prepared.pack }

    /// Judges a submission. Blocks the calling thread, for seconds of real time at most.
    ///
    /// - Throws: `ShopCore.Refusal` for a state, fault, service or view that the pack does not have; `Problems` with the submission's
    ///   mistakes, or with those of a probe.
    public func grade(_ submission: Submission, for assignment: Assignment) throws -> Grade {
        let assignment = try completed(assignment)
        let faults = assignment.faults.compactMap { pack.fault(named: $0.name) }
        let healthy = try healthyRecordings(for: assignment)
        let observation = try observe(submission, assignment, faults, healthy)
        let names = Set(checks.map(\.name))
        let present = assignment.faults.filter { active in faults.contains { $0.name == active.name && $0.isPresent(in: observation, of: names) } }
        var explained: Set<Shortcoming.Subject> = []
        if !present.isEmpty, faults.count > 1 {
            let rest = Assignment(state: assignment.state, faults: present)
            explained = Set(try leftover(rest, faults, healthy).shortcomings.map(\.subject))
        }
        return Verdict(
            faults: faults, present: Set(present.map(\.name)), observation: observation, explained: explained,
            dependencies: Dependencies(healthy.flatMap(\.self))
        ).grade(pack: pack.name, state: assignment.state, submission: submission)
    }

    /// The state's own faults are switched on like the others.
    private func completed(_ assignment: Assignment) throws -> Assignment {
        let names = try assignment.faultNames(in: pack)
        let state = pack.state(named: assignment.state)!.name
        return Assignment(state: state, faults: names.map { name in assignment.faults.last { $0.name == name } ?? ActiveFault(name: name) })
    }

    // MARK: Shops

    /// With each version of each service in turn: a share of the visitors meets it.
    private func observe(_ submission: Submission, _ assignment: Assignment, _ faults: [FaultDefinition], _ healthy: [[ProbeRecording]]) throws -> Observation {
        var all = Observation()
        var version = 0
        while true {
            let (observation, count) = try observe(submission, assignment, faults, healthy, versionAt: version)
            all.add(observation)
            version += 1
            if version >= count { return all }
        }
    }

    private func observe(
        _ submission: Submission, _ assignment: Assignment, _ faults: [FaultDefinition], _ healthy: [[ProbeRecording]], versionAt index: Int
    ) throws -> (Observation, versionCount: Int) {
        let graded = try GradedShop(prepared, seed: seed, from: start)
        let observer = Observer(graded: graded, checks: checks, probes: probes, healthy: healthy, faults: faults)
        return try graded.loop.run {
            try await graded.open(state: assignment.state, faults: assignment.faults, submission: submission)
            let shared = try await graded.shop.with { core in
                let shared = core.services.filter { $0.deployments.count > 1 }
                let words = shared.map { "\($0.deployments[min(index, $0.deployments.count - 1)].version) of \($0.name)" }
                core.giveAllRequests(toVersionAt: index)
                return (words: words, count: shared.map(\.deployments.count).max() ?? 1)
            }
            var observation = try await observer.observe()
            if !shared.words.isEmpty {
                for position in observation.shortcomings.indices { observation.shortcomings[position].version = "version " + shared.words.joined(separator: ", ") }
            }
            try await graded.close()
            return (observation, shared.count)
        }
    }

    /// For each probe what healthy shops answer: the state without its faults first, then the states that the faults name as healthy
    /// too, with each version of their services.
    private func healthyRecordings(for assignment: Assignment) throws -> [[ProbeRecording]] {
        let others = assignment.faults.compactMap { pack.fault(named: $0.name) }.flatMap(\.healthyStates)
        let states = [assignment.state] + others.filter { $0 != assignment.state }
        let all = try states.flatMap { try recordings(of: Assignment(state: $0)) }
        return probes.indices.map { index in all.map { $0[index] } }
    }

    /// For each version what it answers to each probe.
    private func recordings(of assignment: Assignment) throws -> [[ProbeRecording]] {
        try recordings.withLock { known in
            if let made = known[assignment] { return made }
            var made: [[ProbeRecording]] = []
            var count = 1
            while made.count < count {
                let (recordings, versions) = try record(assignment, versionAt: made.count)
                made.append(recordings)
                count = versions
            }
            known[assignment] = made
            return made
        }
    }

    private func record(_ assignment: Assignment, versionAt index: Int) throws -> ([ProbeRecording], versionCount: Int) {
        let graded = try GradedShop(prepared, seed: seed, from: start)
        let (probes, faults) = (probes, pack.faults)
        return try graded.loop.run {
            try await graded.open(state: assignment.state, faults: [])
            let count = try await graded.versionCount()
            try await graded.shop.with { $0.giveAllRequests(toVersionAt: index) }
            var recordings: [ProbeRecording] = []
            for probe in probes {
                var recording = try await ProbeRun(probe, on: graded).record()
                recording.evidence = try await graded.evidence(of: faults).flatMap { fault in fault.found.map { "\($0.query)" } }
                recordings.append(recording)
                try await graded.settle()
            }
            try await graded.close()
            return (recordings, count)
        }
    }

    /// What the shop shows when some of its faults are mended and nothing else has changed.
    private func leftover(_ assignment: Assignment, _ faults: [FaultDefinition], _ healthy: [[ProbeRecording]]) throws -> Observation {
        try leftovers.withLock { known in
            if let made = known[assignment] { return made }
            let made = try observe(Submission(), assignment, faults, healthy)
            known[assignment] = made
            return made
        }
    }

    // MARK: The pack itself

    /// Asks the healthy shop all probes.
    ///
    /// - Throws: `Problems` with every mistake that shows only then: SQL, values that are not there, visits that lead nowhere.
    public func checkProbes() throws {
        let recordings = try recordings(of: Assignment(state: Self.healthyState))[0]
        var problems: [Problem] = []
        for (probe, recording) in zip(probes, recordings) { problems += ProbeReview(probe: probe, recording: recording).problems() }
        if !problems.isEmpty { throw Problems(problems) }
    }
}

extension FaultDefinition {
    /// Its evidence is found, or all of its checks fail: the fault is as it was.
    ///
    /// - Parameter asked: Names of the checks that were asked; proofs may name others.
    func isPresent(in observation: Observation, of asked: Set<String>) -> Bool {
        if observation.evidence[name] != nil { return true }
        let failing = observation.shortcomings.compactMap { if case .check(let name) = $0.subject { name } else { nil } }
        let red = proof.red.filter(asked.contains)
        return !red.isEmpty && red.allSatisfy(failing.contains)
    }
}
