import Base
import Telemetry

/// Conditions on events: `kind`, `service`, `title` (contains), `@attribute`, and words of the title.
struct EventSearch: Sendable {
    static let fields = ["kind", "service", "title"]
    private let expression: SearchExpression

    init(_ expression: SearchExpression) throws(QueryError) {
        for term in expression.terms where !term.isAttribute {
            guard let field = term.field, !Self.fields.contains(field) else { continue }
            throw QueryError("events have no field \"\(field)\"\(suggestion(for: field, among: Self.fields))", column: term.column)
        }
        self.expression = expression
    }

    func matches(_ event: Event) -> Bool {
        expression.holds { term in
            guard let field = term.field else { return term.occurs(in: event.title) }
            if term.isAttribute { return term.matches(event.attributes[field]) }
            switch field {
            case "kind": return term.matches(.string(event.kind))
            case "service": return term.matches(.string(event.service))
            default: return term.isContained(in: event.title)
            }
        }
    }
}
