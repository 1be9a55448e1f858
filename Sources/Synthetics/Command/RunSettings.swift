import Base

/// What a run is asked to do, as far as one source says: the configuration file, the environment or the command line. Nil is not said.
public struct RunSettings: Sendable {
    /// File name patterns.
    public var files: [String]?
    public var publicIDs: [String]?
    /// One of them is enough.
    public var searches: [String]?
    /// Changes for all checks, as an object of datadog-ci's `defaultTestOverrides`.
    public var overrides: JSONNode?
    public var jUnitReport: String?
    public var jsonReport: String?
    public var failsOnCriticalErrors: Bool?
    public var failsOnMissingTests: Bool?
    public var failsOnTimeout: Bool?
    /// For the whole run.
    public var batchTimeout: Duration?
    /// Checks at the same time.
    public var parallel: Int?

    public init() {}

    /// These settings, with what a stronger source says in their place; overrides are merged name by name.
    func replaced(by stronger: RunSettings) -> RunSettings {
        var settings = self
        settings.files = stronger.files ?? files
        settings.publicIDs = stronger.publicIDs ?? publicIDs
        settings.searches = stronger.searches ?? searches
        if let own = overrides { settings.overrides = stronger.overrides.map { own.merging($0) } ?? own } else { settings.overrides = stronger.overrides }
        settings.jUnitReport = stronger.jUnitReport ?? jUnitReport
        settings.jsonReport = stronger.jsonReport ?? jsonReport
        settings.failsOnCriticalErrors = stronger.failsOnCriticalErrors ?? failsOnCriticalErrors
        settings.failsOnMissingTests = stronger.failsOnMissingTests ?? failsOnMissingTests
        settings.failsOnTimeout = stronger.failsOnTimeout ?? failsOnTimeout
        settings.batchTimeout = stronger.batchTimeout ?? batchTimeout
        settings.parallel = stronger.parallel ?? parallel
        return settings
    }

    var policy: RunPolicy {
        var policy = RunPolicy()
        policy.failsOnTimeout = failsOnTimeout ?? policy.failsOnTimeout
        policy.failsOnCriticalErrors = failsOnCriticalErrors ?? policy.failsOnCriticalErrors
        policy.failsOnMissingTests = failsOnMissingTests ?? policy.failsOnMissingTests
        return policy
    }

    /// datadog-ci's.
    static let defaultBatchTimeout = Duration.seconds(1_800)
    static let defaultParallel = 4
    static let parallelRange = 1...100
    static let batchTimeoutRange = 1...86_400_000

    /// The name with the ending that it is to have.
    static func file(_ name: String, ending: String) -> String { name.hasSuffix(ending) ? name : name + ending }
}
