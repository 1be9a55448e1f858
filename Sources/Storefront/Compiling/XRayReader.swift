import Base
import Packs
import Telemetry

/// Reads how a service shows itself in AWS X-Ray: the object `xray` of its `telemetry`, or `false` where nothing is sent.
///
/// | Key | Meaning |
/// |---|---|
/// | `name`, `origin` | of the segments |
/// | `aws`, `service` | these blocks of the segments, as they are |
/// | `rule` | member of `aws.xray` in which the SDK names the sampling rule |
/// | `workingDirectory` | path that causes name |
/// | `url`, `callURL`, `client` | texts of what spans know (`SpanFact`): URL of a request, of a call, the client's address |
/// | `contentLength`, `progress`, `identifiers` | whether answers tell their size, finished segments say that they are, nested subsegments repeat trace and parent |
/// | `answers` | who is sent the trace's header back: `always`, or callers who `ask` (default) |
/// | `local`, `localNamespace` | names of spans that become local subsegments, and their namespace |
/// | `calls` | by peer, `*` for the others: `false`, or `name`, `namespace`, `lowerCaseMethod`, `aws`, `joinsRetries`, `exception`, `exceptionAfterRetries` |
/// | `statements` | false where the SDK does not see SQL |
/// | `subsegments` | a segment with more is sent in parts |
/// | `onlyWith` | annotation without which a request leaves no segment: it ended before the SDK's part began |
/// | `sampling` | rules in their order: `name`, `host`, `method`, `path`, `reservoir` (requests a second), `rate` (share of the others) |
struct XRayReader {
    static let keys = [
        "name", "origin", "aws", "service", "rule", "workingDirectory", "url", "callURL", "client", "contentLength", "progress", "identifiers", "answers", "local",
        "localNamespace", "calls", "statements", "subsegments", "onlyWith", "sampling",
    ]
    static let callKeys = ["name", "namespace", "lowerCaseMethod", "aws", "joinsRetries", "exception", "exceptionAfterRetries"]
    static let ruleKeys = ["name", "host", "method", "path", "reservoir", "rate"]
    static let answerChoices = ["always", "ask"]
    static let namespaces = ["remote", "aws"]

    private static let pointer = "/telemetry/xray"
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

    /// Nil when the wiring says nothing of X-Ray.
    func read(_ telemetry: JSONNode?) -> XRaySettings? {
        guard let node = telemetry?["xray"] else { return nil }
        if node.value == false { return .off }
        _ = diagnostics.members(of: node, pointer: Self.pointer, known: Self.keys)
        guard node.members != nil else { return nil }
        var settings = XRaySettings()
        settings.name = string("name", in: node)
        settings.origin = string("origin", in: node)
        settings.aws = attributes("aws", in: node, pointer: Self.pointer)
        settings.service = attributes("service", in: node, pointer: Self.pointer)
        settings.ruleMember = string("rule", in: node)
        settings.workingDirectory = string("workingDirectory", in: node)
        settings.url = computed("url", in: node) ?? settings.url
        settings.callURL = computed("callURL", in: node) ?? settings.callURL
        settings.client = computed("client", in: node) ?? settings.client
        settings.tellsContentLength = flag("contentLength", in: node)
        settings.tellsProgress = flag("progress", in: node)
        settings.repeatsIdentifiers = flag("identifiers", in: node)
        settings.answersAlways = diagnostics.choice("answers", in: node, pointer: Self.pointer, among: Self.answerChoices) == "always"
        settings.local = Set(diagnostics.strings("local", in: node, pointer: Self.pointer))
        settings.localNamespace = string("localNamespace", in: node)
        settings.tracesStatements = diagnostics.boolean("statements", in: node, pointer: Self.pointer) ?? true
        settings.subsegmentLimit = diagnostics.integer("subsegments", in: node, pointer: Self.pointer, range: 1...10_000) ?? settings.subsegmentLimit
        for member in node["calls"].map({ diagnostics.members(of: $0, pointer: Self.pointer + "/calls") }) ?? [] {
            settings.calls[member.name] = call(member.value, pointer: Self.pointer + "/calls/" + member.name.pointerToken)
        }
        settings.neededAnnotation = string("onlyWith", in: node)
        settings.sampling = rules(node)
        return settings
    }

    private func string(_ name: String, in node: JSONNode) -> String { diagnostics.string(name, in: node, pointer: Self.pointer) ?? "" }
    private func flag(_ name: String, in node: JSONNode) -> Bool { diagnostics.boolean(name, in: node, pointer: Self.pointer) ?? false }

    private func attributes(_ name: String, in node: JSONNode, pointer: String) -> [Attribute] {
        guard let block = node[name] else { return [] }
        return diagnostics.members(of: block, pointer: pointer + "/" + name).map { Attribute($0.name, $0.value.value) }
    }

    private func computed(_ name: String, in node: JSONNode) -> ComputedAttribute? {
        guard let content = diagnostics.string(name, in: node, pointer: Self.pointer) else { return nil }
        let text = SpanText(content)
        let known = SpanFact.allCases.map(\.rawValue)
        for placeholder in text.names where !known.contains(placeholder) {
            diagnostics.report(
                "nothing here is named \"\(placeholder)\"" + suggestion(for: placeholder, among: known), at: node[name]!.location, pointer: Self.pointer + "/" + name)
        }
        return text.computed(name, [:]) ?? ComputedAttribute(name, [.text(content)])
    }

    private func call(_ node: JSONNode, pointer: String) -> XRaySettings.Call {
        var call = XRaySettings.Call()
        if node.value == false {
            call.isTraced = false
            return call
        }
        _ = diagnostics.members(of: node, pointer: pointer, known: Self.callKeys)
        call.name = diagnostics.string("name", in: node, pointer: pointer) ?? ""
        call.namespace = diagnostics.choice("namespace", in: node, pointer: pointer, among: Self.namespaces) ?? call.namespace
        call.hasLowerCaseMethod = diagnostics.boolean("lowerCaseMethod", in: node, pointer: pointer) ?? false
        call.aws = attributes("aws", in: node, pointer: pointer)
        call.joinsRetries = diagnostics.boolean("joinsRetries", in: node, pointer: pointer) ?? false
        call.exception = diagnostics.string("exception", in: node, pointer: pointer)
        call.exceptionAfterRetries = diagnostics.string("exceptionAfterRetries", in: node, pointer: pointer)
        return call
    }

    private func rules(_ node: JSONNode) -> [XRaySamplingRule] {
        guard let list = node["sampling"] else { return [] }
        guard let elements = list.array else {
            diagnostics.report("expected a list of rules, found \(list.kindName)", at: list.location, pointer: Self.pointer + "/sampling")
            return []
        }
        return elements.enumerated().map { index, element in
            let pointer = Self.pointer + "/sampling/\(index)"
            _ = diagnostics.members(of: element, pointer: pointer, known: Self.ruleKeys)
            var rule = XRaySamplingRule(
                name: diagnostics.string("name", in: element, pointer: pointer, required: true) ?? "",
                reservoir: diagnostics.integer("reservoir", in: element, pointer: pointer, range: 0...1_000_000, required: true) ?? 0, rate: rate(element, pointer: pointer))
            rule.host = diagnostics.string("host", in: element, pointer: pointer) ?? rule.host
            rule.method = diagnostics.string("method", in: element, pointer: pointer) ?? rule.method
            rule.path = diagnostics.string("path", in: element, pointer: pointer) ?? rule.path
            return rule
        }
    }

    private func rate(_ node: JSONNode, pointer: String) -> Double {
        guard let value = diagnostics.value("rate", in: node, pointer: pointer, required: true) else { return 0 }
        guard value.string == nil, let rate = value.value.number, (0...1).contains(rate) else {
            diagnostics.report("a rate is a number from 0 to 1", at: value.location, pointer: pointer + "/rate")
            return 0
        }
        return rate
    }
}
