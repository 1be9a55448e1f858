import Base

/// Reads `steps` of a browser test.
struct BrowserStepsReader {
    private let definition: ObjectReader

    init(_ definition: ObjectReader) { self.definition = definition }

    private static let names = [
        "allowFailure", "alwaysExecute", "exitIfSucceed", "isCritical", "name", "noScreenshot", "params", "position", "public_id", "timeout", "type",
    ]
    private static let longestTimeoutSeconds = 300.0

    /// The first step is the implicit one that opens the start URL.
    func steps() -> [CheckStep] {
        var result = [Self.opening]
        let nodes = definition.list("steps")
        // A check that only opens a page would pass on an error page as well.
        if nodes.isEmpty, definition["steps"] == nil || definition["steps"]?.array != nil {
            definition.missing("steps", ": a browser test needs at least one")
        }
        for (index, node) in nodes.enumerated() { add(node, at: "\(definition.path("steps"))/\(index)", to: &result) }
        return result
    }

    private static let opening = CheckStep(
        name: "Navigate to start URL", action: .browser(BrowserStep(.openStartURL)), allowsFailure: false, isCritical: false,
        alwaysExecutes: false, exitsOnSuccess: false, retry: RetryRule())

    private func add(_ node: JSONNode, at pointer: String, to result: inout [CheckStep]) {
        guard
            let reader = ObjectReader(
                node, at: pointer, what: "a step", names: Self.names, unknown: .refusedWhenNear, mistakes: definition.mistakes)
        else { return }
        let name = reader.requiredString("name")
        if reader["type"] == nil { reader.missing("type") }
        guard let kind = reader.choice("type", BrowserStepKind.self) else { return }
        if let reason = kind.reasonNotRun { reader.obstacle("the step \"\(name)\" (\(kind.rawValue)) \(reason)"); return }
        if let step = step(reader, name, kind) { result.append(step) }
    }

    private func step(_ reader: ObjectReader, _ name: String, _ kind: BrowserStepKind) -> CheckStep? {
        let timeout = reader.number("timeout", in: 0...Self.longestTimeoutSeconds, unit: " seconds") ?? 0
        let takesScreenshot = !(reader.bool("noScreenshot") ?? false)
        guard let params = params(reader, kind), let (action, retry) = action(kind, params, name) else { return nil }
        var step = CheckStep(
            name: name, action: action, allowsFailure: reader.bool("allowFailure") ?? false, isCritical: reader.bool("isCritical") ?? false,
            alwaysExecutes: reader.bool("alwaysExecute") ?? false, exitsOnSuccess: reader.bool("exitIfSucceed") ?? false, retry: retry)
        if case .browser(var browserStep) = step.action {
            // Exports write 0 for a step without a limit of its own.
            browserStep.timeout = timeout > 0 ? .milliseconds(exactly: 1_000 * timeout) : nil
            browserStep.takesScreenshot = takesScreenshot
            step.action = .browser(browserStep)
        }
        return step
    }

    private func params(_ reader: ObjectReader, _ kind: BrowserStepKind) -> ObjectReader? {
        let what = "\"params\" of \(kind.rawValue)"
        if let params = reader.object("params", what: what, names: kind.parameters) { return params }
        if reader["params"] == nil { reader.missing("params") }
        return nil
    }

    private func action(_ kind: BrowserStepKind, _ params: ObjectReader, _ name: String) -> (CheckStep.Action, RetryRule)? {
        if kind == .runApiTest { return request(params, name) }
        return BrowserCommandReader(params).command(kind).map { (.browser(BrowserStep($0)), RetryRule()) }
    }

    /// `request` is a small API test: `{"subtype": "http", "config": {"request", "assertions"}, "options"}`.
    private func request(_ params: ObjectReader, _ name: String) -> (CheckStep.Action, RetryRule)? {
        guard let reader = params.object("request", what: "\"request\"", names: ["config", "options", "subtype"], unknown: .refusedWhenNear) else {
            if params["request"] == nil { params.missing("request") }
            return nil
        }
        if let subtype = reader.string("subtype"), subtype != "http" {
            reader.obstacle("the step \"\(name)\" (runApiTest) sends a request of subtype \"\(subtype)\"")
            return nil
        }
        guard let config = reader.object("config", what: "\"config\"", names: ["assertions", "request"], unknown: .refusedWhenNear) else {
            if reader["config"] == nil { reader.missing("config") }
            return nil
        }
        let options = OptionsReader(reader)
        return StepsReader(config, options).single(named: name, subtype: "http").map { ($0.action, options.retry) }
    }
}
