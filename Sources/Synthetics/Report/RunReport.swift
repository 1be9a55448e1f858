import Base

/// Everything that the reports of one run show.
public struct RunReport: Sendable {
    /// The pack whose checks ran; nil when they came from files alone.
    public var pack: String?
    /// As the user calls the run; nil without a name.
    public var name: String?
    /// Of this run.
    public var batchID: String?
    public var results: [CheckResult]
    public var duration: Duration
    public var policy: RunPolicy
    /// How many checks may run at the same time, when the user said so.
    public var parallelLimit: Int?

    public init(pack: String? = nil, results: [CheckResult], duration: Duration, policy: RunPolicy = RunPolicy()) {
        self.pack = pack
        self.results = results
        self.duration = duration
        self.policy = policy
    }

    /// Results by what they mean for the run; the first five add up to `results.count`.
    public struct Counts: Sendable, Equatable {
        public var passed = 0
        public var failed = 0
        public var failedNonBlocking = 0
        public var skipped = 0
        /// Not counted as failed: the runner's own trouble.
        public var unhealthy = 0
        public var timedOut = 0
        public var criticalErrors = 0
        public var missing = 0
    }

    public var counts: Counts {
        results.reduce(into: Counts()) { counts, result in
            switch policy.outcome(of: result) {
            case .passed: counts.passed += 1
            case .failed: counts.failed += 1
            case .failedNonBlocking: counts.failedNonBlocking += 1
            case .skipped: counts.skipped += 1
            case .unhealthy: counts.unhealthy += 1
            }
            if result.timedOut { counts.timedOut += 1 }
            if result.isUnhealthy { counts.criticalErrors += 1 }
            if result.isMissing { counts.missing += 1 }
        }
    }

    /// No blocking check failed.
    public var passed: Bool { counts.failed == 0 }

    /// Ids of the tests of which nothing but the id is known here, each once.
    public var missingIDs: [String] {
        results.reduce(into: []) { ids, result in
            if result.isMissing, !ids.contains(result.label) { ids.append(result.label) }
        }
    }
}

/// What results mean for the run: datadog-ci's `failOn...` options.
public struct RunPolicy: Sendable, Equatable {
    /// Checks that had no time fail the run.
    public var failsOnTimeout = true
    /// Trouble of the runner's own fails the run instead of being "could not run".
    public var failsOnCriticalErrors = false
    /// Tests that are not there, and a run without tests, fail the run.
    public var failsOnMissingTests = false

    public init() {}

    public enum Outcome: Sendable, Equatable { case passed, failed, failedNonBlocking, skipped, unhealthy }

    public func outcome(of result: CheckResult) -> Outcome {
        switch result.status {
        case .skipped: .skipped
        case .passed: .passed
        case .failed where result.timedOut && !failsOnTimeout: .passed
        case .failed where result.isUnhealthy && !failsOnCriticalErrors: .unhealthy
        case .failed: result.isBlocking ? .failed : .failedNonBlocking
        }
    }

    /// The exit status: 0 all blocking checks passed, 1 some failed, 2 some could not run.
    public func status(of report: RunReport) -> Int32 {
        let counts = report.counts
        if counts.failed > 0 || failsOnMissingTests && counts.missing > 0 { return 1 }
        return counts.unhealthy > 0 ? 2 : 0
    }
}
