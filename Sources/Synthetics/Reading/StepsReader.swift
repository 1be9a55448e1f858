import Base

/// Reads the request and assertions of a check, or its steps.
struct StepsReader {
    private let config: ObjectReader
    private let options: OptionsReader

    init(_ config: ObjectReader, _ options: OptionsReader) {
        self.config = config
        self.options = options
    }

    /// The only step of a check that is not multistep.
    func single(named name: String) -> CheckStep? {
        if config["steps"] != nil { config.note("\"steps\" belong to tests of subtype \"multi\"", at: "steps") }
        guard let action = http(config, extractions: []) else { return nil }
        return CheckStep(
            name: name, action: action, allowsFailure: false, isCritical: false, alwaysExecutes: false, exitsOnSuccess: false, retry: RetryRule())
    }

    func steps() -> [CheckStep?] {
        let nodes = config.list("steps")
        if nodes.isEmpty { config.missing("steps", ": a test of subtype \"multi\" needs at least one") }
        return nodes.enumerated().map { step($1, at: "\(config.path("steps"))/\($0)") }
    }

    private static let names = [
        "allowFailure", "alwaysExecute", "assertions", "exitIfSucceed", "extractedValues", "extractedValuesFromScript", "id", "isCritical", "name",
        "request", "retry", "subtype", "value",
    ]

    private func step(_ node: JSONNode, at pointer: String) -> CheckStep? {
        guard let reader = ObjectReader(node, at: pointer, what: "a step", names: Self.names, mistakes: config.mistakes) else { return nil }
        if let script = reader.string("extractedValuesFromScript"), !script.isEmpty {
            reader.note("scripts are not run here; use \"extractedValues\"", at: "extractedValuesFromScript")
        }
        let name = reader.requiredString("name")
        guard let action = action(reader) else { return nil }
        return CheckStep(
            name: name, action: action, allowsFailure: reader.bool("allowFailure") ?? false, isCritical: reader.bool("isCritical") ?? false,
            alwaysExecutes: reader.bool("alwaysExecute") ?? false, exitsOnSuccess: reader.bool("exitIfSucceed") ?? false,
            retry: RetryReader.read(reader))
    }

    private func action(_ reader: ObjectReader) -> CheckStep.Action? {
        switch reader.requiredString("subtype") {
        case "": return nil
        case "http": return http(reader, extractions: ExtractionReader(reader).extractions())
        case "wait":
            guard let seconds = reader.wholeNumber("value", in: 0...180, unit: " seconds") else {
                if reader["value"] == nil { reader.missing("value", ": the seconds to wait") }
                return nil
            }
            return .wait(.seconds(seconds))
        case let other:
            reader.note("\"subtype\" is \"\(other)\"\(suggestion(for: other, among: ["http", "wait"]))", at: "subtype")
            return nil
        }
    }

    private func http(_ parent: ObjectReader, extractions: [Extraction]) -> CheckStep.Action? {
        let assertions = assertions(parent)
        guard let node = parent["request"] else { parent.missing("request"); return nil }
        let reader = RequestReader(node, at: parent.path("request"), options: options, mistakes: config.mistakes)
        return reader.request().map { .http($0, assertions, extractions) }
    }

    private func assertions(_ parent: ObjectReader) -> [Assertion] {
        let nodes = parent.list("assertions")
        // A request without a statement about its answer would always pass.
        if nodes.isEmpty, parent["assertions"] == nil || parent["assertions"]?.array != nil {
            parent.missing("assertions", ": at least one is needed")
        }
        return nodes.enumerated().compactMap {
            AssertionReader($1, at: "\(parent.path("assertions"))/\($0)", mistakes: config.mistakes)?.assertion()
        }
    }
}
