import Base
import Packs
import Telemetry

/// How the spans of a service look: its `telemetry` object.
///
/// For each kind (`server`, `client`, `sql`, `template`, `internal`): `name`, `resource`, `type`, `service`, `attributes` and
/// `companions`, the spans that the service's framework adds around its handler.
struct SpanSettings {
    static let kindKeys = ["name", "resource", "type", "service", "attributes", "companions"]
    private static let companionKeys = kindKeys + ["from", "to", "adopts", "error"]

    private let nodes: [SpanKindName: JSONNode]

    init(_ node: JSONNode?, reporting diagnostics: Diagnostics) {
        var nodes: [SpanKindName: JSONNode] = [:]
        if let node {
            for member in diagnostics.members(of: node, pointer: "/telemetry", known: SpanKindName.allCases.map(\.rawValue)) {
                guard let kind = SpanKindName(rawValue: member.name) else { continue }
                nodes[kind] = member.value
                Self.check(member.value, pointer: "/telemetry/" + member.name, known: Self.kindKeys, diagnostics)
            }
        }
        self.nodes = nodes
    }

    private static func check(_ node: JSONNode, pointer: String, known: [String], _ diagnostics: Diagnostics) {
        _ = diagnostics.members(of: node, pointer: pointer, known: known)
        for name in ["name", "resource", "type", "service"] { _ = diagnostics.string(name, in: node, pointer: pointer) }
        for (index, companion) in (node["companions"]?.array ?? []).enumerated() {
            check(companion, pointer: pointer + "/companions/\(index)", known: companionKeys, diagnostics)
        }
    }

    /// - Parameter facts: Replacements for `{method}`, `{route}`, `{name}`, `{handler}`, `{controller}` and `{action}` in names, resources and
    ///   attributes.
    func template(
        _ kind: SpanKindName, resource: String, identity: ServiceIdentity, attributes: [Attribute], facts: [String: String] = [:]
    ) -> SpanTemplate {
        let node = nodes[kind]
        let service = Self.service(node, identity)
        return SpanTemplate(
            service: service, name: Self.filled(node?["name"]?.string ?? Self.standardName(kind), facts),
            resource: node?["resource"]?.string.map { Self.filled($0, facts) } ?? resource, type: node?["type"]?.string ?? Self.standardType(kind),
            kind: Self.kind(kind), attributes: Self.attributes(node, facts) + attributes,
            companions: Self.companions(node, identity: service, facts: facts))
    }

    private static func service(_ node: JSONNode?, _ identity: ServiceIdentity) -> ServiceIdentity {
        guard let name = node?["service"]?.string else { return identity }
        return ServiceIdentity(name: name, version: identity.version, environment: identity.environment, attributes: identity.attributes)
    }

    private static func standardName(_ kind: SpanKindName) -> String {
        switch kind {
        case .server: "http.server.request"
        case .client: "http.client.request"
        case .sql: "db.query"
        case .template: "template.render"
        case .internal: "step"
        }
    }

    private static func standardType(_ kind: SpanKindName) -> String {
        switch kind {
        case .server: "web"
        case .client: "http"
        case .sql: "sql"
        case .template: "template"
        case .internal: ""
        }
    }

    private static func kind(_ kind: SpanKindName) -> SpanTemplate.Kind {
        switch kind {
        case .server: .server
        case .client, .sql: .client
        case .template, .internal: .internal
        }
    }

    private static func attributes(_ node: JSONNode?, _ facts: [String: String]) -> [Attribute] {
        (node?["attributes"]?.members ?? []).compactMap { member in
            guard let text = member.value.string else { return Attribute(member.name, member.value.value) }
            let value = filled(text, facts)
            return value.isEmpty && !text.isEmpty ? nil : Attribute(member.name, .string(value))
        }
    }

    private static func companions(_ node: JSONNode?, identity: ServiceIdentity, facts: [String: String]) -> [SpanTemplate.Companion] {
        (node?["companions"]?.array ?? []).compactMap { companion in
            let service = service(companion, identity)
            let resource = filled(companion["resource"]?.string ?? companion["name"]?.string ?? "", facts)
            // The span of a controller, where no route led to one.
            guard resource.contains(where: { !$0.isWhitespace }) else { return nil }
            let template = SpanTemplate(
                service: service, name: filled(companion["name"]?.string ?? "step", facts), resource: resource,
                type: companion["type"]?.string ?? "", attributes: attributes(companion, facts))
            return SpanTemplate.Companion(
                template, from: companion["from"]?.value.number ?? 0, to: companion["to"]?.value.number ?? 1,
                adoptsChildren: companion["adopts"]?.value == true, carriesError: companion["error"]?.value == true,
                companions: companions(companion, identity: identity, facts: facts))
        }
    }

    private static func filled(_ text: String, _ facts: [String: String]) -> String {
        guard text.contains("{") else { return text }
        return facts.reduce(text) { $0.split(separator: "{\($1.key)}", omittingEmptySubsequences: false).joined(separator: $1.value) }
    }
}
