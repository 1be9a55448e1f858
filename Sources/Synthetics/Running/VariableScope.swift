import Base

/// The values that one attempt of a check can name as `{{ NAME }}`.
///
/// The nearest source wins: what the user gave, what an earlier step extracted, the check's own variables, the URLs of the running
/// shop, the environment.
struct VariableScope {
    private var overrides: [String: String]
    private var extracted: [String: String] = [:]
    private var configured: [String: String] = [:]
    private var given: [String: String]
    private var environment: [String: String]
    /// Values that reports must not show.
    private(set) var secrets: Set<String> = []

    init(_ sources: VariableSources, check: [ConfigVariable], random: inout SeededRandom) throws(CheckFailure) {
        overrides = sources.overrides
        given = sources.given
        environment = sources.environment
        for variable in check {
            configured[variable.name] = try expand(variable.pattern) { Generator(call: $0)?.text(using: &random) }
            if variable.isSecure, let value = self[variable.name], !value.isEmpty { secrets.insert(value) }
        }
    }

    mutating func set(_ name: String, _ value: String, isSecret: Bool) {
        extracted[name] = value
        if isSecret, !value.isEmpty { secrets.insert(value) }
    }

    subscript(_ name: String) -> String? {
        overrides[name] ?? extracted[name] ?? configured[name] ?? given[name] ?? environment[name]
    }

    /// Fills in all places.
    ///
    /// - Throws: `INVALID_TEST` with every name that has no value.
    func expand(_ text: String) throws(CheckFailure) -> String { try expand(text) { _ in nil } }

    private func expand(_ text: String, generate: (String) -> String?) throws(CheckFailure) -> String {
        var missing: [String] = []
        let filled = Template.fill(text) { name in
            if let value = self[name] ?? generate(name) { return value }
            missing.append(name)
            return ""
        }
        guard let first = missing.first else { return filled }
        // The environment holds names that no check author thinks of; they would only be misleading suggestions.
        let known = Set(overrides.keys).union(extracted.keys).union(configured.keys).union(given.keys)
        let names = missing.map { "{{ \($0) }}" }.joined(separator: ", ")
        throw CheckFailure(.invalidTest, "no value for \(names)\(suggestion(for: first, among: known)); give one with --variable \(first)=VALUE")
    }
}

/// Where values come from that no check brings itself.
public struct VariableSources: Sendable {
    /// Given by the user for this run; wins over everything.
    public var overrides: [String: String]
    /// Given by the runner: base URLs of the services.
    public var given: [String: String]
    public var environment: [String: String]

    public init(overrides: [String: String] = [:], given: [String: String] = [:], environment: [String: String] = [:]) {
        self.overrides = overrides
        self.given = given
        self.environment = environment
    }

    /// Names for the base URLs of services: `discounts-service` becomes `DISCOUNTS_SERVICE_URL`. A name that is a variable already
    /// (only capitals, digits and `_`, ending in `_URL`) stays, which is how a pack's aliases come in.
    public static func urlVariables(for baseURLs: [String: String]) -> [String: String] {
        var variables: [String: String] = [:]
        for (service, url) in baseURLs { variables[urlVariable(for: service)] = url.hasSuffix("/") ? String(url.dropLast()) : url }
        return variables
    }

    private static func urlVariable(for service: String) -> String {
        let capitals = String(service.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        return capitals == service && service.hasSuffix("_URL") ? service : capitals + "_URL"
    }
}
