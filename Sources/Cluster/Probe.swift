import Base

/// How the kubelet finds out whether a container answers.
public struct Probe: Sendable, Equatable {
    public var path = "/"
    public var port = 80
    public var initialDelay = Duration.zero
    public var period = Duration.seconds(10)
    /// A container whose queue is longer than this fails.
    public var timeout = Duration.seconds(1)
    public var failureThreshold = 3
    public var successThreshold = 1

    static let settings: [Setting] = [
        Setting("path", .text, "Route that is asked, as events name it."), Setting("port", .integer(1...65_535), "Port of the container, as events name it."),
        Setting("initialDelaySeconds", .number(0...3_600), "From the container's start to the first question."),
        Setting("periodSeconds", .number(0.1...3_600), "From one question to the next; 10 without it."),
        Setting("timeoutSeconds", .number(0.001...3_600), "A container in which requests wait longer than this fails; 1 without it."),
        Setting("failureThreshold", .integer(1...1_000), "Failures in a row that count; 3 without it."),
        Setting("successThreshold", .integer(1...1_000), "Successes in a row that count; 1 without it."),
    ]

    public init() {}

    init(_ node: JSONNode) {
        path = node["path"]?.string ?? path
        port = node.integer("port") ?? port
        initialDelay = node.seconds("initialDelaySeconds") ?? initialDelay
        period = node.seconds("periodSeconds") ?? period
        timeout = node.seconds("timeoutSeconds") ?? timeout
        failureThreshold = node.integer("failureThreshold") ?? failureThreshold
        successThreshold = node.integer("successThreshold") ?? successThreshold
    }

    /// Where one container stands with a probe.
    struct Course: Sendable {
        var next: Timestamp
        private var failures = 0
        private var successes = 0

        init(_ probe: Probe, startedAt start: Timestamp) { next = start + probe.initialDelay }

        enum Verdict { case passing, failing, undecided }

        /// Takes in an answer, and sets the time of the next question.
        mutating func take(_ succeeded: Bool, _ probe: Probe) -> Verdict {
            next = next + max(probe.period, .milliseconds(1))
            if succeeded { (failures, successes) = (0, successes + 1) } else { (failures, successes) = (failures + 1, 0) }
            if succeeded { return successes >= probe.successThreshold ? .passing : .undecided }
            guard failures >= probe.failureThreshold else { return .undecided }
            return .failing
        }
    }
}
