import Base

/// One step of a visitor.
indirect enum Step {
    case request(RequestStep)
    case wait(Wait)
    case set([(slot: Int, source: ValueSource)])
    case choose([Branch])
    case repeated(ClosedRange<Int>, [Step])
    /// For each item the steps with the variable set to it. Visitors that share an iteration each take the next item that none has taken.
    case each(slot: Int, ValueSource.Items, shared: Int?, [Step])
    case when(Condition, then: [Step], otherwise: [Step])
    /// The steps of a sequence, by place.
    case perform(Int)
    case end(End)

    struct Branch {
        var weight: Int
        var steps: [Step]
    }

    enum End: String, CaseIterable {
        /// Goes on with the next task.
        case task
        /// Leaves and comes back as somebody new: without cookies and variables.
        case visitor
    }
}

/// A time between two bounds, both included; equal bounds are a fixed time.
struct Wait: Equatable {
    var nanoseconds: ClosedRange<Int64>

    static let none = Wait(nanoseconds: 0...0)

    func length(using random: inout SeededRandom) -> Duration {
        nanoseconds.count == 1 ? .nanoseconds(nanoseconds.lowerBound) : .nanoseconds(Int64.random(in: nanoseconds, using: &random))
    }
}
