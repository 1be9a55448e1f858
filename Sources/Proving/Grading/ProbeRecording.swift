import Base
import Database
import Synthetics

/// What one shop answered to a probe, and what that cost it.
struct ProbeRecording: Sendable {
    /// One answer of one step.
    struct Answer: Sendable {
        var place: Place
        var outcome: Outcome
        /// Names of header fields in lower case, those left out that chance or size decides.
        var headers: Set<String> = []
        /// What the query of each value gave, in the order of the step's values; nothing for values without a query.
        var lists: [[Value]] = []
        var values: [[Value]] = []
        /// Whether each telemetry query of the step found something.
        var found: [Bool] = []
        var effort = Effort()
        var telemetry = StepTelemetry()
    }

    /// Positions in the probe.
    struct Place: Sendable, Hashable {
        var visit: Int
        var step: Int
        /// From 0, where a step is done several times.
        var time: Int
    }

    enum Outcome: Sendable {
        case answered(status: Int, mediaType: String)
        /// No answer came, or one without a value that the next steps need.
        case failed(String)
        case waited
    }

    /// What a step cost, with all that it set off.
    struct Effort: Sendable {
        var duration = Duration.zero
        var statements = 0
        var steps = 0
    }

    /// In the order of the probe; a visit ends early where the shop gives no way on.
    private(set) var answers: [Answer] = []
    private var positions: [Place: Int] = [:]
    /// Indexes of the pack that are not there.
    var missingIndexes: Set<String> = []
    /// Evidence queries of the pack's faults that find something after all steps.
    var evidence: [String] = []

    mutating func add(_ answer: Answer) {
        positions[answer.place] = answers.count
        answers.append(answer)
    }

    subscript(place: Place) -> Answer? { positions[place].map { answers[$0] } }
}
