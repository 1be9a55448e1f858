import Base
import Packs
import Telemetry

/// How the spans of a service look: its `telemetry` object.
///
/// | Key | Meaning |
/// |---|---|
/// | `conventions` | names of attributes: `opentelemetry` (default), `opentelemetry-old`, `datadog`, or a list of them |
/// | `models` | class of a table's rows, by table: what `{model}` stands for in companions of `sql` |
/// | `unmatched` | resource of a request that no route takes, of `{method}`, `{path}` and `{status}`; `{method} {status}` when left out |
/// | `xray` | what AWS X-Ray gets, see `XRayReader` |
/// | `server`, `client`, `sql`, `connect`, `template`, `partial`, `cache`, `internal` | spans of one kind |
///
/// A kind has `name`, `resource`, `type`, `service`, `attributes`, `companions` (the spans that the service's framework adds around its handler)
/// and `error`: `detail` (default), or `flag` where only companions tell what went wrong. Spans of partials, caches and of taking a
/// connection out of the pool (`connect`) are recorded only by a service that describes them: not every tracer sees them. Texts may hold placeholders, see `SpanText`.
struct SpanSettings {
    static let kindKeys = ["name", "resource", "type", "service", "attributes", "companions", "error"]
    static let companionKeys = ["name", "resource", "type", "service", "attributes", "companions", "from", "to", "adopts", "error", "beside", "rows"]
    static let errorStyles = ["detail", "flag"]

    private let described: Set<SpanKindName>
    private let kinds: [SpanKindName: SpanKindSettings]
    /// Placeholders that mean the same in all spans of the service.
    private let constants: [String: String]
    /// Class names by table.
    let models: [String: String]
    /// Resource of requests that no route takes.
    let unmatched: SpanText

    init(_ node: JSONNode?, constants: [String: String], reporting diagnostics: Diagnostics) {
        self.constants = constants
        var nodes: [SpanKindName: JSONNode] = [:]
        let known = ["conventions", "models", "unmatched", "xray"] + SpanKindName.allCases.map(\.rawValue)
        for member in node.map({ diagnostics.members(of: $0, pointer: "/telemetry", known: known) }) ?? [] {
            guard let kind = SpanKindName(rawValue: member.name) else { continue }
            nodes[kind] = member.value
            SpanSettingsChecker(diagnostics).check(member.value, pointer: "/telemetry/" + member.name)
        }
        described = Set(nodes.keys)
        let conventions = Self.conventions(node, diagnostics)
        kinds = Dictionary(uniqueKeysWithValues: SpanKindName.allCases.map { ($0, SpanKindSettings($0, nodes[$0], conventions)) })
        models = Self.models(node, diagnostics)
        unmatched = Self.unmatched(node, diagnostics)
    }

    private static func unmatched(_ node: JSONNode?, _ diagnostics: Diagnostics) -> SpanText {
        guard let node, let text = diagnostics.string("unmatched", in: node, pointer: "/telemetry") else { return SpanText("{method} {status}") }
        let known = ["method", "path", "status"]
        for name in SpanText(text).names where !known.contains(name) {
            diagnostics.report("nothing here is named \"\(name)\"" + suggestion(for: name, among: known), at: node["unmatched"]!.location, pointer: "/telemetry/unmatched")
        }
        return SpanText(text)
    }

    private static func conventions(_ node: JSONNode?, _ diagnostics: Diagnostics) -> [SpanConvention] {
        guard let node, let value = node["conventions"] else { return [.opentelemetry] }
        let names = value.string.map { [$0] } ?? diagnostics.strings("conventions", in: node, pointer: "/telemetry")
        return names.compactMap { name in
            let convention = SpanConvention(rawValue: name)
            if convention == nil {
                let known = SpanConvention.allCases.map(\.rawValue)
                diagnostics.report(
                    "no convention is named \"\(name)\"" + suggestion(for: name, among: known), at: value.location, pointer: "/telemetry/conventions")
            }
            return convention
        }
    }

    private static func models(_ node: JSONNode?, _ diagnostics: Diagnostics) -> [String: String] {
        guard let node = node?["models"] else { return [:] }
        let members = diagnostics.members(of: node, pointer: "/telemetry/models").compactMap { member in
            diagnostics.string(member.name, in: node, pointer: "/telemetry/models").map { (member.name, $0) }
        }
        return Dictionary(members, uniquingKeysWith: { first, _ in first })
    }

    func describes(_ kind: SpanKindName) -> Bool { described.contains(kind) }

    /// - Parameters:
    ///   - attributes: Beside those of the settings.
    ///   - facts: Placeholders of this span, by name.
    func template(
        _ kind: SpanKindName, resource: String, identity: ServiceIdentity, attributes: [Attribute], facts: [String: String] = [:]
    ) -> SpanTemplate {
        kinds[kind]!.template(resource: resource, identity: identity, attributes: attributes, facts: facts.merging(constants) { own, _ in own })
    }
}

/// The kinds of span that a service's telemetry settings describe.
public enum SpanKindName: String, Sendable, CaseIterable {
    case server, client, sql, connect, template, partial, cache, `internal`

    var standardName: String {
        switch self {
        case .server: "http.server.request"
        case .client: "http.client.request"
        case .sql: "db.query"
        case .connect: "connect"
        case .template: "template.render"
        case .partial: "template.partial"
        case .cache: "cache"
        case .internal: "step"
        }
    }

    var standardType: String {
        switch self {
        case .server: "web"
        case .client: "http"
        case .sql: "sql"
        case .template, .partial: "template"
        case .cache: "cache"
        case .connect, .internal: ""
        }
    }

    var spanKind: SpanTemplate.Kind {
        switch self {
        case .server: .server
        case .client, .sql, .connect, .cache: .client
        case .template, .partial, .internal: .internal
        }
    }
}
