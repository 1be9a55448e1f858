import Base

/// What a replay came to.
public struct ReplayReport: Sendable {
    let tally: ReplayTally
    public let target: String
    public let duration: Duration

    init(_ tally: ReplayTally, target: String, duration: Duration) {
        self.tally = tally
        self.target = target
        self.duration = duration
    }

    /// Requests that were answered or failed.
    public var requests: Int { tally.requests.total.requests }
    public var statuses: [Int: Int] { tally.requests.total.statuses }
    /// No answer, an error of the shop (5xx) without a recorded answer to compare with, or another answer than the recorded one.
    public var failures: Int { tally.failureCount }
    /// Requests without an answer.
    public var errors: Int { tally.requests.total.errorCount }
    public var latency: Histogram { tally.requests.total.latency }
    /// How much later than due requests were sent; empty when everything was sent at once.
    public var behind: Histogram { tally.behind }
    public var sessions: Int { tally.sessions }
    public var dropped: Int { tally.dropped }
    public var unfinished: Int { tally.unfinished }
    /// Answers that were compared with recorded ones, and those that differ.
    public var compared: Int { tally.compared }
    public var different: Int { tally.different }
    public var differences: [(line: String, difference: Difference)] { tally.differences }
    /// Parts of the recording that could not be used: the first hundred, and how many in all.
    public var problems: [RecordingProblem] { tally.problems }
    public var problemCount: Int { tally.problemCount }
    /// Requests in the recording.
    public var recordedRequests: Int { tally.recordedRequests }

    // MARK: JSON

    public var value: Value {
        var members: [(String, Value)] = [
            ("target", .string(target)), ("seconds", .double(Double(duration.nanoseconds / 1_000_000) / 1_000)), ("recordedRequests", .int(tally.recordedRequests)),
            ("sessions", .int(sessions)),
        ]
        members += tally.requests.total.members
        members += [
            ("behindMilliseconds", behind.isEmpty ? .null : behind.millisecondsValue), ("dropped", .int(dropped)), ("unfinished", .int(unfinished)),
            ("failures", .int(failures)), ("failed", .list(failed.map(Self.value))), ("compared", .int(compared)),
            ("bodiesNotCompared", .int(tally.uncomparedBodies)), ("different", .int(different)), ("varying", .int(tally.varying)), ("differences", .list(differences.map(Self.value))),
            ("problems", .list(problems.map(Self.value))), ("problemCount", .int(problemCount)), ("lines", tally.requests.groupsValue),
        ]
        return .record(Record(members))
    }

    private static func value(_ failed: (failure: ReplayTally.Failure, count: Int)) -> Value {
        .object(["name": .string(failed.failure.line), "reason": .string(failed.failure.reason), "count": .int(failed.count)])
    }

    private static func value(_ entry: (line: String, difference: Difference)) -> Value {
        .record(Record([("name", .string(entry.line))] + zip(entry.difference.value.fields!.layout.names, entry.difference.value.fields!.values)))
    }

    private static func value(_ problem: RecordingProblem) -> Value {
        .object(["file": .string(problem.file), "record": .int(problem.record), "offset": .int(problem.offset), "message": .string(problem.message)])
    }

    /// Most frequent first.
    private var failed: [(failure: ReplayTally.Failure, count: Int)] {
        tally.failures.sorted { ($1.value, $0.key.line, $0.key.reason) < ($0.value, $1.key.line, $1.key.reason) }.map { ($0.key, $0.value) }
    }

    // MARK: Text

    private static let shownFailures = 20
    private static let shownDifferences = 10

    public var text: String {
        let total = tally.requests.total
        var rows = [("requests", "\(requests) in \(duration.brief)\(perSecond), \(sessions) \(sessions == 1 ? "session" : "sessions"), to \(target)")]
        if !total.statuses.isEmpty { rows.append(("statuses", total.statusText)) }
        for (reason, count) in total.errors.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) { rows.append(("no answer", "\(count) x \(reason)")) }
        if !latency.isEmpty { rows.append(("latency", latency.text)) }
        if !behind.isEmpty { rows.append(("behind", behind.text)) }
        if dropped > 0 { rows.append(("dropped", "\(dropped) by filters and limits")) }
        if unfinished > 0 { rows.append(("given up", "\(unfinished) on their way at the end")) }
        rows.append(("compared", compared == 0 ? "nothing: no recorded answers" : "\(compared) with their recorded answers, \(different) differ\(varying)"))
        rows.append(("failures", String(failures)))
        var text = rows.map { $0.0 + String(repeating: " ", count: 10 - $0.0.count) + $0.1 + "\n" }.joined()
        for (failure, count) in failed.prefix(Self.shownFailures) { text += "  \(count) x \(failure.line): \(failure.reason)\n" }
        if failed.count > Self.shownFailures { text += "  ... and \(failed.count - Self.shownFailures) more kinds of failures (--json lists them)\n" }
        for (line, difference) in differences.prefix(Self.shownDifferences) where difference.kind != .status { text += "  \(line)\n    \(difference)\n" }
        return text
    }

    private var varying: String { tally.varying == 0 ? "" : "; \(tally.varying) vary as the recorded ones do among themselves" }

    private var perSecond: String {
        let seconds = Double(duration.nanoseconds) / 1e9
        return seconds > 0 ? " (\(JSONStyle.text(of: (Double(requests) / seconds * 10).rounded() / 10))/s)" : ""
    }
}
