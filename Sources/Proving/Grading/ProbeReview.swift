import Base
import Synthetics

/// Finds what a probe asks in vain of the healthy shop: such questions would judge nobody.
struct ProbeReview {
    let probe: Probe
    let recording: ProbeRecording

    func problems() -> [Problem] {
        var problems = recording.evidence.map { query in
            Problem("the healthy shop leaves evidence of a fault behind here: \(query)", at: SourceLocation(file: probe.file, line: 1, column: 1))
        }
        for (index, visit) in probe.visits.enumerated() {
            for (number, step) in visit.steps.enumerated() {
                let place = ProbeRecording.Place(visit: index, step: number, time: 0)
                let pointer = "/visits/\(index)/steps/\(number)"
                guard let answer = recording[place] else { continue }
                if case .failed(let message) = answer.outcome {
                    problems.append(Problem("the healthy shop cannot go on here: \(message)", at: step.location, pointer: pointer))
                }
                for (position, value) in step.values.enumerated() where position < answer.values.count && answer.values[position].isEmpty {
                    problems.append(
                        Problem("\"\(value.name)\" finds nothing in the answer of the healthy shop", at: step.location, pointer: pointer + "/values/\(position)"))
                }
            }
        }
        return problems
    }
}
