import Base
import Telemetry

/// Conditions on events: `kind`, `service`, `title` (contains), `@attribute`, the tags of Kubernetes' events, and words of the title or of
/// the object's name.
struct EventSearch: Sendable {
    static let fields = ["kind", "service", "title"]
    /// Attributes that are written without `@`, as tags are.
    private static let tags = [
        "source", "reason", "type", "object", "host", "pod_name", "kube_namespace", "kube_deployment", "kube_container_name", "container_name", "kube_cluster_name",
    ]
    private let expression: SearchExpression

    init(_ expression: SearchExpression) throws(QueryError) {
        for term in expression.terms where !term.isAttribute {
            guard let field = term.field, !(Self.fields + Self.tags).contains(field) else { continue }
            throw QueryError("events have no field \"\(field)\"\(suggestion(for: field, among: Self.fields + Self.tags))", column: term.column)
        }
        self.expression = expression
    }

    func matches(_ event: Event) -> Bool {
        expression.holds { term in
            guard let field = term.field else { return term.occurs(in: event.title) || event.attributes["object"].map { term.occurs(in: $0.text) } ?? false }
            if term.isAttribute { return term.matches(event.attributes[field]) }
            switch field {
            case "kind": return term.matches(.string(event.kind))
            case "service": return term.matches(.string(event.service))
            case "title": return term.isContained(in: event.title)
            default: return term.matches(event.attributes[field])
            }
        }
    }
}
