import Base

/// What a collector does with traces, in the words of OpenTelemetry's own configuration: `processors` by name, and `service.pipelines` that use them.
///
/// ```json
/// { "processors": { "tail_sampling": { "decision_wait": "30s", "policies": [ ... ] }, "attributes/kept": { "actions": [ ... ] } },
///   "service": { "pipelines": { "traces": { "processors": ["tail_sampling", "attributes/kept"] } } } }
/// ```
///
/// Every pipeline gets every span; a trace that two of them keep goes out twice.
public struct CollectorConfiguration: Sendable {
    struct Pipeline: Sendable {
        let name: String
        /// Nil hands everything on.
        let sampling: TailSampler.Settings?
        let attributes: AttributeActions
    }

    let pipelines: [Pipeline]
    /// As written: equal sources do the same.
    let source: Value

    public init(_ node: JSONNode, pointer: String = "", reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: ["processors", "service"])
        source = node.value
        let processors = node["processors"].map { diagnostics.members(of: $0, pointer: pointer + "/processors") } ?? []
        var samplers: [String: TailSampler.Settings] = [:]
        var actions: [String: AttributeActions] = [:]
        for member in processors {
            let place = pointer + "/processors/" + member.name.pointerToken
            switch member.name.prefix(while: { $0 != "/" }) {
            case "tail_sampling": samplers[member.name] = TailSampler.Settings(member.value, pointer: place, reporting: diagnostics)
            case "attributes": actions[member.name] = AttributeActions(member.value, pointer: place, reporting: diagnostics)
            default:
                diagnostics.report(
                    "no processor is named \"\(member.name)\"" + suggestion(for: member.name, among: ["tail_sampling", "attributes"]) + "; after a / may follow a name of your own",
                    at: member.nameLocation, pointer: place)
            }
        }
        guard let service = diagnostics.value("service", in: node, pointer: pointer, required: true) else {
            pipelines = []
            return
        }
        _ = diagnostics.members(of: service, pointer: pointer + "/service", known: ["pipelines"])
        let place = pointer + "/service/pipelines"
        let list = diagnostics.value("pipelines", in: service, pointer: pointer + "/service", required: true)
        pipelines = (list.map { diagnostics.members(of: $0, pointer: place) } ?? []).map { member in
            Self.pipeline(member, place + "/" + member.name.pointerToken, samplers, actions, diagnostics)
        }
        if let list, list.members?.isEmpty == true { diagnostics.report("a collector needs a pipeline", at: list.location, pointer: place) }
    }

    private static func pipeline(
        _ member: JSONNode.Member, _ place: String, _ samplers: [String: TailSampler.Settings], _ actions: [String: AttributeActions], _ diagnostics: Diagnostics
    ) -> Pipeline {
        if member.name.prefix(while: { $0 != "/" }) != "traces" {
            diagnostics.report("a pipeline is named \"traces\" or \"traces/NAME\"", at: member.nameLocation, pointer: place)
        }
        _ = diagnostics.members(of: member.value, pointer: place, known: ["processors"])
        var sampling: TailSampler.Settings?
        var attributes = AttributeActions()
        for (index, name) in diagnostics.strings("processors", in: member.value, pointer: place).enumerated() {
            let location = member.value["processors"]!.array![index].location
            if let settings = samplers[name] {
                if sampling != nil { diagnostics.report("a pipeline has one tail_sampling", at: location, pointer: place + "/processors/\(index)") }
                sampling = settings
            } else if let change = actions[name] {
                attributes = attributes.followed(by: change)
            } else {
                diagnostics.report(
                    "no processor is named \"\(name)\"" + suggestion(for: name, among: samplers.keys.sorted() + actions.keys.sorted()), at: location, pointer: place + "/processors/\(index)")
            }
        }
        return Pipeline(name: member.name, sampling: sampling, attributes: attributes)
    }

    /// Reads a file: JSON with the members that are described above.
    ///
    /// - Throws: `Problems` with every mistake.
    public static func read(_ text: [UInt8], file: String) throws(Problems) -> CollectorConfiguration {
        let diagnostics = Diagnostics()
        var configuration: CollectorConfiguration?
        do throws(Problem) { configuration = CollectorConfiguration(try JSONNode.parse(text, file: file), reporting: diagnostics) } catch { diagnostics.report(error) }
        try diagnostics.check()
        return configuration!
    }

    /// Every trace can be seen at once.
    var handsEverythingOn: Bool { pipelines.contains { $0.sampling == nil } }
}

extension CollectorConfiguration: Equatable {
    public static func == (left: CollectorConfiguration, right: CollectorConfiguration) -> Bool { left.source == right.source }
}

extension TailSampler.Settings {
    fileprivate init(_ node: JSONNode, pointer: String, reporting diagnostics: Diagnostics) {
        _ = diagnostics.members(
            of: node, pointer: pointer, known: ["decision_wait", "num_traces", "expected_new_traces_per_sec", "sample_on_first_match", "policies"])
        var wait = Duration.seconds(30)
        if let text = diagnostics.string("decision_wait", in: node, pointer: pointer) {
            if let duration = DurationText.parse(text), duration <= .seconds(3_600) {
                wait = duration
            } else {
                diagnostics.report("expected a duration such as \"30s\", at most an hour", at: node["decision_wait"]!.location, pointer: pointer + "/decision_wait")
            }
        }
        self.wait = wait
        traceLimit = diagnostics.integer("num_traces", in: node, pointer: pointer, range: 1...1_000_000) ?? 50_000
        // Only tells the collector how much memory to set aside.
        _ = diagnostics.integer("expected_new_traces_per_sec", in: node, pointer: pointer, range: 0...Int.max)
        stopsAtFirstMatch = diagnostics.boolean("sample_on_first_match", in: node, pointer: pointer) ?? false
        policies = NamedPolicy.list("policies", in: node, pointer: pointer, reporting: diagnostics)
    }
}
