import Base

/// Reads `datadog-ci.json`, the configuration that a project keeps for its runs.
enum ConfigurationFile {
    static let defaultPath = "datadog-ci.json"

    private static let names = [
        "$schema", "batchTimeout", "defaultTestOverrides", "failOnCriticalErrors", "failOnMissingTests", "failOnTimeout", "files", "jUnitReport",
        "jsonReport", "publicIds", "testSearchQuery",
    ]
    /// What concerns Datadog's service, and what other commands of datadog-ci keep in the same file.
    private static let withoutEffect = [
        "apiKey", "appKey", "buildCommand", "datadogSite", "mobileApplicationVersion", "mobileApplicationVersionFilePath", "proxy", "selectiveRerun",
        "subdomain", "tunnel",
    ]
    /// Of releases before 3.0.
    private static let formerNames = ["global", "locations", "pollingTimeout", "variables"]

    /// - Throws: All mistakes of the file at once.
    static func read(_ bytes: [UInt8], file: String) throws(Problems) -> RunSettings {
        let document: JSONNode
        do { document = try JSONNode.parse(bytes, file: file) } catch { throw Problems([error]) }
        let mistakes = MistakeList()
        let all = names + withoutEffect + formerNames
        var settings = RunSettings()
        if let reader = ObjectReader(document, at: "", what: "the configuration", names: all, unknown: .refusedWhenNear, mistakes: mistakes) {
            settings = self.settings(reader)
        }
        if !mistakes.list.isEmpty { throw Problems(mistakes.list) }
        return settings
    }

    private static func settings(_ reader: ObjectReader) -> RunSettings {
        var settings = RunSettings()
        settings.files = texts(reader, "files")
        settings.publicIDs = texts(reader, "publicIds")
        settings.searches = reader.string("testSearchQuery").flatMap { $0.isEmpty ? nil : [$0] }
        settings.jUnitReport = reader.string("jUnitReport").map { RunSettings.file($0, ending: ".xml") }
        settings.jsonReport = reader.string("jsonReport").map { RunSettings.file($0, ending: ".json") }
        settings.failsOnCriticalErrors = reader.bool("failOnCriticalErrors")
        settings.failsOnMissingTests = reader.bool("failOnMissingTests")
        settings.failsOnTimeout = reader.bool("failOnTimeout")
        let timeout = reader["batchTimeout"] == nil ? "pollingTimeout" : "batchTimeout"
        settings.batchTimeout = reader.wholeNumber(timeout, in: RunSettings.batchTimeoutRange, unit: " milliseconds").map { .milliseconds($0) }
        settings.overrides = overrides(reader)
        return settings
    }

    /// `global` is the former name of `defaultTestOverrides`; `locations` and `variables` stood outside of it.
    private static func overrides(_ reader: ObjectReader) -> JSONNode? {
        let name = reader["defaultTestOverrides"] == nil ? "global" : "defaultTestOverrides"
        var found = reader[name]
        for former in ["locations", "variables"] {
            guard let node = reader[former] else { continue }
            found = JSONNode(.object([JSONNode.Member(name: former, nameLocation: node.location, value: node)]), at: node.location)
                .merging(found ?? OverrideNode.empty)
        }
        // Read for its mistakes alone: what holds is known when the other sources are merged.
        if let found { _ = OverrideReader.read(found, at: "/\(name)", called: "\"\(name)\"", mistakes: reader.mistakes) }
        return found
    }

    /// A list of texts; a single text is how releases before 3.0 wrote a list of one.
    private static func texts(_ reader: ObjectReader, _ name: String) -> [String]? {
        guard let node = reader[name] else { return nil }
        let texts = node.string.map { [$0] } ?? reader.strings(name)
        return texts.isEmpty ? nil : texts
    }
}
