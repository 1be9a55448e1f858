import Base

/// What stands on the command line after `synthetics-start`.
public struct CommandLineOptions: Sendable, Equatable {
    public enum Action: Sendable, Equatable { case help, checks }

    public var action = Action.help
    public var shop: String?
    public var globs: [String] = []
    public var tags: [String] = []
    public var variables: [String: String] = [:]
    public var printsJSON = false
    public var junitFile: String?
    /// Where pictures of pages go whose steps failed.
    public var screenshotFolder = ".synthetics"

    public init() {}

    /// A mistake on the command line, with what to type instead.
    public struct UsageError: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    private static let names = ["--files", "--help", "--json", "--junit", "--screenshots", "--search", "--shop", "--variable"]
    /// What datadog-ci calls them.
    private static let aliases = ["-f": "--files", "-s": "--search", "-j": "--junit", "--jUnitReport": "--junit", "-h": "--help"]

    /// - Throws: `UsageError`.
    public init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else { try command(argument); continue }
            let (typed, inline) = Self.split(argument)
            let name = Self.aliases[typed] ?? typed
            switch name {
            case "--help":
                action = .help
                return
            case "--json": printsJSON = true
            case _ where Self.names.contains(name):
                guard let value = inline ?? rest.popFirst(), !value.isEmpty else { throw UsageError(description: "\(typed) needs a value") }
                try set(name, value)
            default: throw UsageError(description: "unknown option \(typed)\(suggestion(for: typed, among: Self.names))")
            }
        }
    }

    private static func split(_ argument: String) -> (name: String, value: String?) {
        guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else { return (argument, nil) }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }

    private mutating func command(_ name: String) throws(UsageError) {
        guard action == .help else { throw UsageError(description: "unexpected \"\(name)\"; files are given with --files") }
        guard name == "checks" else {
            throw UsageError(description: "unknown command \"\(name)\"\(suggestion(for: name, among: ["checks"]))")
        }
        action = .checks
    }

    private mutating func set(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--files": globs.append(value)
        case "--shop": shop = value
        case "--search": tags.append(value.hasPrefix("tag:") ? String(value.dropFirst(4)) : value)
        case "--screenshots": screenshotFolder = value.count > 1 && value.hasSuffix("/") ? String(value.dropLast()) : value
        case "--junit": junitFile = value.hasSuffix(".xml") ? value : value + ".xml"
        default:
            guard let equals = value.firstIndex(of: "="), equals != value.startIndex else {
                throw UsageError(description: "--variable needs NAME=VALUE, not \"\(value)\"")
            }
            variables[String(value[..<equals])] = String(value[value.index(after: equals)...])
        }
    }

    public static let help = """
        Judges a running shop with its synthetic checks.

        Usage: synthetics-start checks [options]

          --shop NAME             which shop, when the running host has several
          --files GLOB            run check files (*, ?, ** and {a,b} are understood) instead of the shop's own; may be repeated
          --search TAG            only checks with this tag; may be repeated, one of them is enough
          --variable NAME=VALUE   value of {{ NAME }} in the checks; wins over all others; may be repeated
          --json                  print one JSON document
          --junit FILE            write a JUnit XML report as well
          --screenshots FOLDER    where pictures of pages go whose browser steps failed (.synthetics)
          --help                  this text

        Browser checks need chromium and chromedriver on the PATH (Debian and Ubuntu: apt-get install chromium chromium-driver) and are
        skipped without them.

        Exit status: 0 all blocking checks passed, 1 some failed, 2 the checks could not run.

        Environment: NO_COLOR turns colours off; SHOPHOST_CONTROL is the path of the running host's control file;
        every other variable can be used in checks as {{ NAME }}.

        Example: synthetics-start checks --search page

        """
}
