/// The options of the command, with datadog-ci's names for them.
enum CommandOption: CaseIterable {
    case help, json, dryRun
    case shop, files, publicID, search, config, runName
    case variable, override, parallel, batchTimeout
    case jUnitReport, jsonReport, screenshots
    case failOnCriticalErrors, failOnMissingTests, failOnTimeout
    /// Of datadog-ci before 3.0.
    case locations, deviceIDs
    /// They concern Datadog's service: accepted, so that its command lines run, and without an effect.
    case service, serviceFlag

    /// The first one is shown in messages and in the help.
    var spellings: [String] {
        switch self {
        case .help: ["--help", "-h"]
        case .json: ["--json"]
        case .dryRun: ["--dry-run", "--dryRun"]
        case .shop: ["--shop"]
        case .files: ["--files", "-f"]
        case .publicID: ["--public-id", "-p"]
        case .search: ["--search", "-s"]
        case .config: ["--config"]
        case .runName: ["--runName", "-n"]
        case .variable: ["--variable"]
        case .override: ["--override"]
        case .parallel: ["--parallel"]
        case .batchTimeout: ["--batchTimeout", "--pollingTimeout"]
        case .jUnitReport: ["--jUnitReport", "-j", "--junit"]
        case .jsonReport: ["--jsonReport"]
        case .screenshots: ["--screenshots"]
        case .failOnCriticalErrors: ["--failOnCriticalErrors"]
        case .failOnMissingTests: ["--failOnMissingTests"]
        case .failOnTimeout: ["--failOnTimeout"]
        case .locations: ["--locations"]
        case .deviceIDs: ["--deviceIds"]
        case .service:
            [
                "--apiKey", "--appKey", "--datadogSite", "--subdomain", "--mobileApp", "--mobileApplicationVersion",
                "--mobileApplicationVersionFilePath",
            ]
        case .serviceFlag: ["--tunnel", "-t", "--selectiveRerun", "--fips", "--fips-ignore-error"]
        }
    }

    var isFlag: Bool {
        switch self {
        case .help, .json, .dryRun, .failOnCriticalErrors, .failOnMissingTests, .failOnTimeout, .serviceFlag: true
        default: false
        }
    }

    static let names = allCases.flatMap(\.spellings).filter { $0.hasPrefix("--") }

    /// The option of this spelling; false for a flag that `--no-` switches off.
    static func find(_ typed: String) -> (option: CommandOption, isOn: Bool)? {
        if let option = allCases.first(where: { $0.spellings.contains(typed) }) { return (option, true) }
        guard typed.hasPrefix("--no-"), case let plain = "--" + typed.dropFirst(5),
            let option = allCases.first(where: { $0.isFlag && $0.spellings.contains(plain) })
        else { return nil }
        return (option, false)
    }
}
