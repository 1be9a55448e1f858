import Base
import Storefront

/// The verdict on a submission, with reasons.
public struct Grade: Sendable {
    /// Why something is not fixed.
    public struct Reason: Sendable, Equatable {
        /// `check`, `evidence`, `answer`, `telemetry`, `index`, `errors`, `calls`, `queries`, `work` or `time`.
        public var kind: String
        /// A sentence for people; names no fault.
        public var sentence: String

        init(_ shortcoming: Shortcoming) {
            kind = shortcoming.kind
            sentence = shortcoming.sentence
        }
    }

    /// One of the faults that were to be mended.
    public struct Problem: Sendable {
        /// For trainers only.
        public var fault: String
        /// For trainers only.
        public var title: String
        public var isFixed: Bool
        /// Empty when it is fixed.
        public var reasons: [Reason] = []
    }

    public var pack: String
    public var state: String
    /// In the state's order.
    public var problems: [Problem]
    /// What is wrong and belongs to none of the problems.
    public var reasons: [Reason]
    /// True when nothing was handed in.
    public var isEmpty: Bool
    /// Changed files that have no effect on the verdict.
    public var filesWithoutEffect: [String]

    public var isFixed: Bool { reasons.isEmpty && problems.allSatisfy(\.isFixed) }

    public var allReasons: [Reason] { problems.flatMap(\.reasons) + reasons }
}
