import Base

/// Reads datadog-ci's `DATADOG_SYNTHETICS_...` variables. As there, a value of the wrong kind is as if the variable were not set.
struct EnvironmentSettings {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    private subscript(_ name: String) -> String? { environment["DATADOG_SYNTHETICS_" + name] }

    var settings: RunSettings {
        var settings = RunSettings()
        settings.files = list("FILES")
        settings.publicIDs = list("PUBLIC_IDS")
        settings.searches = self["TEST_SEARCH_QUERY"].flatMap { $0.isEmpty ? nil : [$0] }
        settings.jUnitReport = self["JUNIT_REPORT"].map { RunSettings.file($0, ending: ".xml") }
        settings.jsonReport = self["JSON_REPORT"].map { RunSettings.file($0, ending: ".json") }
        settings.failsOnCriticalErrors = flag("FAIL_ON_CRITICAL_ERRORS")
        settings.failsOnMissingTests = flag("FAIL_ON_MISSING_TESTS")
        settings.failsOnTimeout = flag("FAIL_ON_TIMEOUT")
        settings.batchTimeout = self["BATCH_TIMEOUT"].flatMap { Int($0) }.flatMap {
            RunSettings.batchTimeoutRange.contains($0) ? .milliseconds($0) : nil
        }
        let overrides = EnvironmentOverrides(environment).read()
        if overrides.members?.isEmpty == false { settings.overrides = overrides }
        return settings
    }

    /// The configuration file.
    var configurationPath: String? { self["CONFIG_PATH"] }

    private func flag(_ name: String) -> Bool? { self[name].flatMap(Flag.read) }

    private func list(_ name: String) -> [String]? {
        let parts = self[name]?.split(separator: ";").map { String($0.trimmingWhitespace()) }.filter { !$0.isEmpty }
        return parts?.isEmpty == false ? parts : nil
    }
}
