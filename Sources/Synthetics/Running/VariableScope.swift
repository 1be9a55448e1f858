import Base

/// The values that one attempt of a check can name as `{{ NAME }}`.
///
/// The nearest source wins: what the user gave, what an earlier step extracted, the check's own variables, the URLs of the running
/// shop, the environment.
struct VariableScope {
    private var overrides: [String: String]
    private var extracted: [String: String] = [:]
    private var configured: [String: String] = [:]
    /// What the check names without giving it a value.
    private var valueless: [String: ConfigVariable.Kind] = [:]
    private var given: [String: String]
    private var environment: [String: String]
    /// When the attempt began.
    private let start: Timestamp
    /// Values that reports must not show.
    private(set) var secrets: Set<String> = []

    /// - Parameter identity: Values of the two built-in names `public-id` and `result-id`.
    init(_ sources: VariableSources, start: Timestamp, identity: [String: String] = [:]) {
        overrides = sources.overrides
        given = sources.given.merging(identity) { _, own in own }
        environment = sources.environment
        self.start = start
    }

    /// Gives a check's variables their values. A name that has one already keeps it: a subtest's variables give way to its parent's.
    ///
    /// - Throws: `INVALID_TEST` when a pattern names something without a value.
    mutating func define(_ variables: [ConfigVariable], random: inout SeededRandom) throws(CheckFailure) {
        for variable in variables {
            if let pattern = variable.pattern, configured[variable.name] == nil {
                let start = start
                configured[variable.name] = try expand(pattern) { Generator(call: $0)?.text(at: start, using: &random) }
            } else if variable.pattern == nil {
                valueless[variable.name] = variable.kind
            }
            if variable.isSecure, let value = self[variable.name], !value.isEmpty { secrets.insert(value) }
        }
    }

    mutating func set(_ name: String, _ value: String, isSecret: Bool) {
        extracted[name] = value
        if isSecret, !value.isEmpty { secrets.insert(value) }
    }

    /// The same scope with further names, farther away than a check's own variables and nearer than the environment.
    func adding(_ values: [String: String]) -> VariableScope {
        var scope = self
        scope.given.merge(values) { _, new in new }
        return scope
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
        if missing.isEmpty { return filled }
        throw failure(missing)
    }

    private func failure(_ missing: [String]) -> CheckFailure {
        let first = missing[0]
        let names = missing.map { "{{ \($0) }}" }.joined(separator: ", ")
        let advice = "give one with --variable \(first)=VALUE"
        if let kind = valueless[first] {
            let why = kind == .text ? "whose value was hidden when the test was exported" : "a variable of type \(kind.rawValue), whose value is at Datadog"
            return CheckFailure(.invalidTest, "no value for \(names), \(why); \(advice)")
        }
        // The environment holds names that no check author thinks of; they would only be misleading suggestions.
        let known = Set(overrides.keys).union(extracted.keys).union(configured.keys).union(given.keys)
        let nearest = suggestion(for: first, among: known)
        return CheckFailure(.invalidTest, "no value for \(names)\(nearest)\(nearest.hasSuffix("?") ? " Or " : "; ")\(advice)")
    }
}
