import Telemetry

/// What a shop has recorded over all steps of a probe.
struct TelemetrySummary {
    /// Something that is not recorded any more.
    struct Missing: Equatable {
        var service: String
        /// In words for people.
        var what: String
    }

    private var operations: Set<StepTelemetry.Operation> = []
    private var activities: Set<StepTelemetry.Activity> = []
    /// Log lines of each kind of request: a learner may word them differently, but must not drop them.
    private var lines: [StepTelemetry.LineKind: StepTelemetry.Lines] = [:]

    init(_ recording: ProbeRecording) {
        for answer in recording.answers {
            operations.formUnion(answer.telemetry.operations.keys)
            activities.formUnion(answer.telemetry.activities)
            for (kind, own) in answer.telemetry.lines { lines[kind] = lines[kind].map { $0.joined(with: own) } ?? own }
        }
    }

    /// What this one has and the other one lacks.
    func missing(in other: TelemetrySummary) -> [Missing] {
        let silent = operations.subtracting(other.operations)
        let lostOperations = silent.map { Missing(service: $0.service, what: "\($0.service) no longer records the operation \($0.name) \($0.resource)") }
        let lostActivities = activities.subtracting(other.activities).filter { !silent.contains($0.operation) }.map { activity in
            Missing(
                service: activity.operation.service,
                what: "\(activity.operation.service) no longer records \(activity.isQuery ? "queries to" : "calls to") \(activity.partner) under \(activity.operation.resource)")
        }
        return (lostOperations + lostActivities + lostLines(other)).sorted { $0.what < $1.what }
    }

    /// A kind of request that the other shop never had lacks something else, which is reported where it shows.
    private func lostLines(_ other: TelemetrySummary) -> [Missing] {
        lines.compactMap { kind, own in
            guard let theirs = other.lines[kind], theirs.most < own.fewest else { return nil }
            let (service, resource) = (kind.operation.service, kind.operation.resource)
            let count = theirs.most == 0 ? "no \(kind.level.rawValue) line" : "\(theirs.most) of \(own.fewest) \(kind.level.rawValue) lines"
            return Missing(service: service, what: "\(service) writes \(count) for \(resource); the healthy shop writes for example \"\(own.example)\"")
        }
    }
}
