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
    /// Log lines by service and level: a learner may word them differently, but must not drop them.
    private var lines: [Source: Set<String>] = [:]

    private struct Source: Hashable {
        var service: String
        var level: LogRecord.Level
    }

    init(_ recording: ProbeRecording) {
        for answer in recording.answers {
            operations.formUnion(answer.telemetry.operations.keys)
            activities.formUnion(answer.telemetry.activities)
            for line in answer.telemetry.lines { lines[Source(service: line.service, level: line.level), default: []].insert(line.words) }
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

    private func lostLines(_ other: TelemetrySummary) -> [Missing] {
        lines.compactMap { source, words in
            let theirs = other.lines[source] ?? []
            let lost = words.subtracting(theirs).sorted()
            guard lost.count > theirs.subtracting(words).count, let example = lost.first else { return nil }
            return Missing(
                service: source.service, what: "\(source.service) no longer writes \(lost.count == 1 ? "the log line" : "\(lost.count) log lines, for example") \"\(example)\"")
        }
    }
}
