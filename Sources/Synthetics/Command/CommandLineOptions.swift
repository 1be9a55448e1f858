import Base

/// What stands on the command line after `synthetics-start`.
public struct CommandLineOptions: Sendable {
    public enum Action: Sendable, Equatable { case help, checks }

    public var action = Action.help
    public var shop: String?
    public var variables: [String: String] = [:]
    public var settings = RunSettings()
    public var configuration: String?
    public var runName: String?
    public var printsJSON = false
    /// Where pictures of pages go whose steps failed.
    public var screenshotFolder = ".synthetics"
    public var isDryRun = false
    /// The command was `run-tests`, as datadog-ci calls it: checks come from files even when a host runs.
    public var readsFiles = false
    private var overrides: [String] = []

    public init() {}

    /// A mistake on the command line, with what to type instead.
    public struct UsageError: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    /// - Throws: `UsageError`.
    public init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-" else { try command(argument); continue }
            let (typed, inline) = Self.split(argument)
            guard let (option, isOn) = CommandOption.find(typed) else {
                throw UsageError(description: "unknown option \(typed)\(suggestion(for: typed, among: CommandOption.names))")
            }
            if option == .help {
                action = .help
                return
            }
            if option.isFlag { try set(option, flag: try Self.flag(typed, inline, isOn)); continue }
            guard let value = inline ?? rest.popFirst(), !value.isEmpty else { throw UsageError(description: "\(typed) needs a value") }
            try set(option, typed, value)
        }
        if !overrides.isEmpty { settings.overrides = try readOverrides() }
    }

    private static func split(_ argument: String) -> (name: String, value: String?) {
        guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    /// `--flag`, `--no-flag`, `--flag=false`.
    private static func flag(_ typed: String, _ inline: String?, _ isOn: Bool) throws(UsageError) -> Bool {
        guard let inline else { return isOn }
        guard let value = Flag.read(inline) else { throw UsageError(description: "\(typed) is true or false, not \"\(inline)\"") }
        return value == isOn
    }

    private mutating func command(_ name: String) throws(UsageError) {
        guard action == .help else { throw UsageError(description: "unexpected \"\(name)\"; files are given with --files") }
        // datadog-ci's own command line names the group first.
        if name == "synthetics" { return }
        guard ["checks", "run-tests"].contains(name) else {
            throw UsageError(description: "unknown command \"\(name)\"\(suggestion(for: name, among: ["checks", "run-tests"]))")
        }
        action = .checks
        readsFiles = name == "run-tests"
    }

    private mutating func set(_ option: CommandOption, flag: Bool) throws(UsageError) {
        switch option {
        case .json: printsJSON = flag
        case .dryRun: isDryRun = flag
        case .failOnCriticalErrors: settings.failsOnCriticalErrors = flag
        case .failOnMissingTests: settings.failsOnMissingTests = flag
        case .failOnTimeout: settings.failsOnTimeout = flag
        default: break
        }
    }

    private mutating func set(_ option: CommandOption, _ typed: String, _ value: String) throws(UsageError) {
        switch option {
        case .files: settings.files = (settings.files ?? []) + [value]
        case .publicID: settings.publicIDs = (settings.publicIDs ?? []) + [value]
        case .search: settings.searches = (settings.searches ?? []) + [value]
        case .shop: shop = value
        case .config: configuration = value
        case .runName: runName = value
        case .jUnitReport: settings.jUnitReport = RunSettings.file(value, ending: ".xml")
        case .jsonReport: settings.jsonReport = RunSettings.file(value, ending: ".json")
        case .screenshots: screenshotFolder = value.count > 1 && value.hasSuffix("/") ? String(value.dropLast()) : value
        case .batchTimeout: settings.batchTimeout = .milliseconds(try Self.number(typed, value, RunSettings.batchTimeoutRange))
        case .parallel: settings.parallel = try Self.number(typed, value, RunSettings.parallelRange)
        case .override: overrides.append(value)
        case .locations, .deviceIDs: overrides.append("\(option == .locations ? "locations" : "deviceIds")=\(value)")
        case .variable:
            guard let equals = value.firstIndex(of: "="), equals != value.startIndex else {
                throw UsageError(description: "--variable needs NAME=VALUE, not \"\(value)\"")
            }
            variables[String(value[..<equals])] = String(value[value.index(after: equals)...])
        default: break
        }
    }

    private static func number(_ typed: String, _ value: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        if let number = Int(value), range.contains(number) { return number }
        throw UsageError(description: "\(typed) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(value)\"")
    }

    /// Read at once for their mistakes, which are those of the command line.
    private func readOverrides() throws(UsageError) -> JSONNode {
        let node = try CommandLineOverrides.read(overrides)
        let mistakes = MistakeList()
        _ = OverrideReader.read(node, at: "", called: "--override", mistakes: mistakes)
        if let first = mistakes.list.first { throw UsageError(description: "--override: \(first.message)") }
        return node
    }
}
