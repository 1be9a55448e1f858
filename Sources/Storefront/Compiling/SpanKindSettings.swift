import Base
import Telemetry

/// What a service's `telemetry` says of one kind of span, its texts read once for all templates.
struct SpanKindSettings {
    private let kind: SpanKindName
    private let name: SpanText
    private let resource: SpanText?
    private let type: String
    private let service: String?
    private let attributes: SpanAttributes
    private let hidesError: Bool
    private let companions: [SpanCompanionSettings]

    /// - Parameter node: Nil where the service does not describe the kind.
    init(_ kind: SpanKindName, _ node: JSONNode?, _ conventions: [SpanConvention]) {
        self.kind = kind
        name = SpanText(node?["name"]?.string ?? kind.standardName)
        resource = node?["resource"]?.string.map { SpanText($0) }
        type = node?["type"]?.string ?? kind.standardType
        service = node?["service"]?.string
        attributes = SpanAttributes(Self.attributes(node) + conventions.flatMap { $0.attributes(of: kind) })
        hidesError = node?["error"]?.string == "flag"
        companions = SpanCompanionSettings.list(node, conventions)
    }

    /// - Parameters:
    ///   - resource: Where the settings give none.
    ///   - attributes: Beside those of the settings.
    func template(resource: String, identity: ServiceIdentity, attributes own: [Attribute], facts: [String: String]) -> SpanTemplate {
        let identity = identity.renamed(service)
        let (constant, computed) = attributes.filled(facts)
        return SpanTemplate(
            service: identity, name: name.filled(facts), resource: self.resource?.filled(facts) ?? resource, type: type, kind: kind.spanKind,
            peer: facts["peer"] ?? "", attributes: constant + own, computed: computed, hidesError: hidesError,
            companions: companions.compactMap { $0.companion(identity: identity, facts: facts) })
    }

    static func attributes(_ node: JSONNode?) -> [(name: String, value: Value)] {
        (node?["attributes"]?.members ?? []).map { ($0.name, $0.value.value) }
    }
}

/// What settings say of a span that the framework adds around its handler.
struct SpanCompanionSettings {
    private let name: SpanText
    private let resource: SpanText
    private let type: String
    private let service: String?
    private let attributes: SpanAttributes
    private let share: (start: Double, end: Double)
    private let adoptsChildren: Bool
    private let carriesError: Bool
    private let isBeside: Bool
    private let needsRows: Bool
    private let companions: [SpanCompanionSettings]

    static func list(_ node: JSONNode?, _ conventions: [SpanConvention]) -> [SpanCompanionSettings] {
        (node?["companions"]?.array ?? []).map { SpanCompanionSettings($0, conventions) }
    }

    private init(_ node: JSONNode, _ conventions: [SpanConvention]) {
        name = SpanText(node["name"]?.string ?? "step")
        resource = SpanText(node["resource"]?.string ?? node["name"]?.string ?? "")
        type = node["type"]?.string ?? ""
        service = node["service"]?.string
        carriesError = node["error"]?.value == true
        attributes = SpanAttributes(SpanKindSettings.attributes(node) + (carriesError ? conventions.flatMap(\.errorAttributes) : []))
        share = (node["from"]?.value.number ?? 0, node["to"]?.value.number ?? 1)
        adoptsChildren = node["adopts"]?.value == true
        isBeside = node["beside"]?.value == true
        needsRows = node["rows"]?.value == true
        companions = Self.list(node, conventions)
    }

    /// Nil when the resource is empty: the span of a controller, where no route led to one.
    func companion(identity: ServiceIdentity, facts: [String: String]) -> SpanTemplate.Companion? {
        let resource = resource.filled(facts)
        guard resource.contains(where: { !$0.isWhitespace }) else { return nil }
        let (constant, computed) = attributes.filled(facts)
        let template = SpanTemplate(
            service: identity.renamed(service), name: name.filled(facts), resource: resource, type: type, attributes: constant, computed: computed)
        return SpanTemplate.Companion(
            template, from: share.start, to: share.end, adoptsChildren: adoptsChildren, carriesError: carriesError, isBeside: isBeside,
            needsRows: needsRows, companions: companions.compactMap { $0.companion(identity: identity, facts: facts) })
    }
}

extension ServiceIdentity {
    fileprivate func renamed(_ name: String?) -> ServiceIdentity {
        guard let name else { return self }
        return ServiceIdentity(name: name, version: version, environment: environment, attributes: attributes, xray: xray)
    }
}
