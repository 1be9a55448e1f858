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
    func single(named name: String, subtype: String) -> CheckStep? {
        if config["steps"] != nil { config.note("\"steps\" belong to tests of subtype \"multi\"", at: "steps") }
        guard let action = request(config, subtype: subtype, extractions: []) else { return nil }
        // A request without a statement about its answer would always pass.
        if config["assertions"]?.array?.isEmpty ?? (config["assertions"] == nil) { config.missing("assertions", ": at least one is needed") }
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
        "request", "retry", "subtestPublicId", "subtype", "value",
    ]
    private static let subtypes = ["dns", "http", "playSubTest", "ssl", "tcp", "wait"]
    /// Datadog's steps that nothing here can make.
    private static let notDone = ["grpc", "icmp", "mcp", "udp", "websocket"]

    private func step(_ node: JSONNode, at pointer: String) -> CheckStep? {
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "a step", names: Self.names, unknown: .refusedWhenNear, mistakes: config.mistakes)
        else { return nil }
        if let script = reader.string("extractedValuesFromScript"), !script.isEmpty {
            reader.obstacle("it extracts values by JavaScript, which cannot be run here")
        }
        let name = reader.requiredString("name")
        guard let action = action(reader) else { return nil }
        return CheckStep(
            name: name, action: action, allowsFailure: reader.bool("allowFailure") ?? false, isCritical: reader.bool("isCritical") ?? false,
            alwaysExecutes: reader.bool("alwaysExecute") ?? false, exitsOnSuccess: reader.bool("exitIfSucceed") ?? false,
            retry: RetryReader.read(reader))
    }

    private func action(_ reader: ObjectReader) -> CheckStep.Action? {
        switch reader.string("subtype") ?? "http" {
        case let subtype where ["dns", "http", "ssl", "tcp"].contains(subtype):
            return request(reader, subtype: subtype, extractions: ExtractionReader(reader).extractions())
        case "wait":
            guard let seconds = reader.wholeNumber("value", in: 0...180, unit: " seconds") else {
                if reader["value"] == nil { reader.missing("value", ": the seconds to wait") }
                return nil
            }
            return .wait(.seconds(seconds))
        case "playSubTest":
            let text = reader.requiredString("subtestPublicId")
            guard let id = PublicID.find(in: text) else {
                if !text.isEmpty { reader.note("\"\(text)\" holds no public id such as \"abc-def-ghi\"", at: "subtestPublicId") }
                return nil
            }
            return .subtest(publicID: id)
        case let other where Self.notDone.contains(other):
            reader.obstacle("it has a step of subtype \"\(other)\", which is not made here")
            return nil
        case let other:
            reader.note("\"subtype\" is \"\(other)\"\(suggestion(for: other, among: Self.subtypes + Self.notDone))", at: "subtype")
            return nil
        }
    }

    private func request(_ parent: ObjectReader, subtype: String, extractions: [Extraction]) -> CheckStep.Action? {
        let assertions = assertions(parent, subtype)
        guard let node = parent["request"] else { parent.missing("request"); return nil }
        let pointer = parent.path("request")
        if subtype == "http" {
            return RequestReader(node, at: pointer, options: options, mistakes: config.mistakes).map { .http($0.request(), assertions, extractions) }
        }
        if !extractions.isEmpty { parent.note("only steps of subtype \"http\" can extract values", at: "extractedValues") }
        let reader = ConnectionReader(node, at: pointer, options: options, mistakes: config.mistakes)
        switch subtype {
        case "tcp": return reader.map { .connection($0.tcp(), assertions) }
        case "ssl": return reader.map { .connection($0.ssl(), assertions) }
        default: return reader.map { .lookUp($0.dns(), assertions) }
        }
    }

    private func assertions(_ parent: ObjectReader, _ subtype: String) -> [Assertion] {
        parent.list("assertions").enumerated().compactMap {
            AssertionReader($1, at: "\(parent.path("assertions"))/\($0)", subtype: subtype, mistakes: config.mistakes)?.assertion()
        }
    }
}
