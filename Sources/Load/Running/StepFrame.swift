import Base

/// Steps that a visitor is in the middle of.
struct StepFrame {
    enum Repetition {
        case once
        /// Times that are still to come.
        case times(Int)
        case each(slot: Int, items: [Value], next: Int)
        case shared(slot: Int, items: [Value], iteration: Int, round: Int)
    }

    let steps: [Step]
    var index = 0
    var repetition: Repetition

    init(_ steps: [Step], _ repetition: Repetition = .once) {
        self.steps = steps
        self.repetition = repetition
    }
}
