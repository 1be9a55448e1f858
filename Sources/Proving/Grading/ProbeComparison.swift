import Base
import Synthetics

/// Compares what a judged shop answered to a probe with what healthy shops answered.
struct ProbeComparison {
    let probe: Probe
    /// Right in different ways; an answer must be like that of one of them. The first says what a step may cost.
    let healthy: [ProbeRecording]
    let judged: ProbeRecording
    /// The service behind an address.
    let service: (String) -> String?

    func shortcomings() -> [Shortcoming] {
        var found: [Shortcoming] = []
        var reported: Set<Shortcoming.Subject> = []
        for expected in healthy[0].answers {
            guard let actual = judged[expected.place] else { continue }
            for shortcoming in [difference(expected, actual), excess(expected, actual)].compactMap(\.self) {
                // A step that is done a hundred times fails once.
                if reported.insert(shortcoming.subject).inserted { found.append(shortcoming) }
            }
        }
        return found + telemetry() + indexes()
    }

    // MARK: Answers

    private func difference(_ expected: ProbeRecording.Answer, _ actual: ProbeRecording.Answer) -> Shortcoming? {
        let differences = healthy.map { recording in recording[actual.place].map { difference(of: actual, from: $0) } ?? "was not reached" }
        guard differences.allSatisfy({ $0 != nil }), let words = differences.first ?? nil else { return nil }
        return Shortcoming(.answer(place: name(of: actual.place)), services(at: actual.place), words)
    }

    /// Nil when the two mean the same.
    private func difference(of actual: ProbeRecording.Answer, from expected: ProbeRecording.Answer) -> String? {
        switch (expected.outcome, actual.outcome) {
        case (.answered(let status, let type), .answered(let actualStatus, let actualType)):
            if status != actualStatus { return "expected status \(status), found \(actualStatus)" }
            if type != actualType { return "expected \(Self.named(type)), found \(Self.named(actualType))" }
            if let lost = expected.headers.subtracting(actual.headers).min() { return "the header field \(lost) is missing" }
        case (.failed, .failed), (.waited, .waited): break
        case (_, .failed(let message)): return message
        case (.failed(let message), _): return "expected no answer (\(message)), found one"
        default: return "expected something else"
        }
        let step = step(at: actual.place)
        for (index, value) in step.values.enumerated() where index < expected.values.count && index < actual.values.count {
            let list = expected.lists[index]
            // Names are looked for that the healthy shop knows: those of the judged shop's data would be the learner's.
            let found = value.isMention ? actual.values[index].filter(list.contains) : actual.values[index]
            if let words = ValueComparison(value: value).difference(expected: expected.values[index], actual: found, list: list) { return words }
        }
        for (query, (was, isNow)) in zip(step.telemetry, zip(expected.found, actual.found)) where was != isNow {
            return was ? "nothing was recorded that fits: \(query)" : "something was recorded that fits: \(query)"
        }
        return nil
    }

    private static func named(_ type: String) -> String { type.isEmpty ? "no media type" : type }

    // MARK: Effort

    /// What a step may cost more than in the healthy shop: another right way may need a few queries more, never a hundred.
    private enum Allowance {
        static func time(_ healthy: Duration) -> Duration { healthy * 2 + .milliseconds(25) }
        static func statements(_ healthy: Int) -> Int { healthy * 3 + 5 }
        static func steps(_ healthy: Int) -> Int { healthy * 10 + 20_000 }
    }

    private func excess(_ expected: ProbeRecording.Answer, _ actual: ProbeRecording.Answer) -> Shortcoming? {
        let others = healthy.compactMap { $0[actual.place] }
        let effort = actual.effort
        func report(_ kind: Shortcoming.Effort, _ words: String) -> Shortcoming {
            Shortcoming(.effort(place: name(of: actual.place), kind: kind), services(at: actual.place), words)
        }
        let errors = others.map(\.telemetry.errors.count).max() ?? 0
        if actual.telemetry.errors.count > errors, let example = actual.telemetry.errors.first {
            return report(.errors, "records \(actual.telemetry.errors.count) errors, the healthy shop \(errors == 0 ? "none" : "\(errors)"); for example: \(example)")
        }
        for (operation, count) in actual.telemetry.operations.sorted(by: { $0.key.resource < $1.key.resource }) {
            let usual = others.map { $0.telemetry.operations[operation] ?? 0 }.max() ?? 0
            // What the healthy shop never asks may be another way to the same end.
            if usual > 0, count > usual { return report(.calls, "asks \(operation.service) \(count) times for \(operation.resource), the healthy shop \(usual) times") }
        }
        let statements = others.map(\.effort.statements).max() ?? 0
        if effort.statements > Allowance.statements(statements) {
            return report(.queries, "needs \(effort.statements) queries, the healthy shop \(statements)")
        }
        let steps = others.map(\.effort.steps).max() ?? 0
        if effort.steps > Allowance.steps(steps) {
            return report(.work, "makes the database work \(max(2, effort.steps / max(steps, 1))) times as much as the healthy shop")
        }
        let time = others.map(\.effort.duration).max() ?? .zero
        if effort.duration > Allowance.time(time) {
            return report(.time, "takes \(Self.words(effort.duration)), the healthy shop \(Self.words(time))")
        }
        return nil
    }

    private static func words(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        return milliseconds >= 1_000 ? "\(Value.double((milliseconds / 10).rounded() / 100).text) s" : "\(Value.double((milliseconds * 10).rounded() / 10).text) ms"
    }

    // MARK: Telemetry and data

    /// What healthy shops all record and the judged one does not.
    private func telemetry() -> [Shortcoming] {
        let recorded = TelemetrySummary(judged)
        let missing = healthy.map { TelemetrySummary($0).missing(in: recorded) }
        // Each in the words of the first; another healthy shop may do without.
        return (missing.first ?? []).filter { one in missing.allSatisfy { $0.contains { $0.what == one.what } } }
            .map { Shortcoming(.telemetry(what: $0.what), [$0.service], $0.what) }
    }

    private func indexes() -> [Shortcoming] {
        judged.missingIndexes.subtracting(healthy[0].missingIndexes).sorted().map {
            Shortcoming(.index(name: $0), [], "the database has no index \($0) any more")
        }
    }

    // MARK: Places

    private func step(at place: ProbeRecording.Place) -> ProbeStep { probe.visits[place.visit].steps[place.step] }

    /// For example `A guest fills a cart: adds a bag`.
    private func name(of place: ProbeRecording.Place) -> String { "\(probe.visits[place.visit].name): \(step(at: place).name)" }

    private func services(at place: ProbeRecording.Place) -> Set<String> {
        guard case .request(let request) = step(at: place).action, let service = service(request.url) else { return [] }
        return [service]
    }
}

extension ProbeValue {
    fileprivate var isMention: Bool { if case .mentions = source { true } else { false } }
}
