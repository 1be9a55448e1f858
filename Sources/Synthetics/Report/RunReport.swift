import Base

/// Everything that the reports of one run show.
public struct RunReport: Sendable {
    /// The pack whose checks ran; nil when they came from files alone.
    public var pack: String?
    public var results: [CheckResult]
    public var duration: Duration

    public init(pack: String? = nil, results: [CheckResult], duration: Duration) {
        self.pack = pack
        self.results = results
        self.duration = duration
    }

    /// Results by what they mean for the run; the numbers add up to `results.count`.
    public struct Counts: Sendable, Equatable {
        public var passed = 0
        public var failed = 0
        public var failedNonBlocking = 0
        public var skipped = 0
    }

    public var counts: Counts {
        results.reduce(into: Counts()) { counts, result in
            switch result.status {
            case .passed: counts.passed += 1
            case .failed where result.isBlocking: counts.failed += 1
            case .failed: counts.failedNonBlocking += 1
            case .skipped: counts.skipped += 1
            }
        }
    }

    public var passed: Bool { !results.contains { $0.failsRun } }
}
