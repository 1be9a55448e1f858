import Base
import Telemetry

/// Conditions on one span of a trace and on what is below it.
///
/// | Field | Meaning |
/// |---|---|
/// | `service`, `name`, `resource`, `type`, `kind`, `env`, `version` | of the span; `name` is the operation, `flask.request` |
/// | `status` | HTTP status |
/// | `error` | `true` or `false` |
/// | `error.type` | exact; `error.message`, `error.stack` contain the text, without regard to case |
/// | `duration_ms`, `self_ms` | whole duration; the part in which no direct child ran |
/// | `lead_ms` | by how much it begins before what called it, negative after it; known where that is in the trace |
/// | `span_count`, `sql_count` | spans below this one, in all services; those of type `sql` |
/// | `@name` | any attribute |
struct SpanSearch: Sendable {
    static let fields = [
        "service", "name", "resource", "type", "kind", "env", "version", "status", "error", "error.type", "error.message", "error.stack",
        "duration_ms", "self_ms", "lead_ms", "span_count", "sql_count",
    ]
    private static let treeFields: Set<String> = ["self_ms", "lead_ms", "span_count", "sql_count"]

    private let expression: SearchExpression
    private let needsTree: Bool

    init(_ expression: SearchExpression) throws(QueryError) {
        for term in expression.terms where !term.isAttribute {
            guard let field = term.field else {
                throw QueryError("a trace condition needs a field, as in service:ads or error.message:\"no connection\"", column: term.column)
            }
            guard Self.fields.contains(field) else {
                throw QueryError("traces have no field \"\(field)\"\(suggestion(for: field, among: Self.fields))", column: term.column)
            }
        }
        self.expression = expression
        needsTree = expression.terms.contains { $0.field.map(Self.treeFields.contains) ?? false }
    }

    /// True when at least one span that starts at `since` or later fits.
    func matches(_ trace: Trace, since: Timestamp) -> Bool {
        let tree = needsTree ? TraceTree(trace) : nil
        return trace.spans.indices.contains { position in
            trace.spans[position].start >= since && expression.holds { Self.holds($0, for: trace.spans[position], at: position, in: tree) }
        }
    }

    private static func holds(_ term: SearchTerm, for span: Span, at position: Int, in tree: TraceTree?) -> Bool {
        let field = term.field ?? ""
        if term.isAttribute { return term.matches(span.attribute(named: field)) }
        switch field {
        case "service": return term.matches(.string(span.template.service.name))
        case "name": return term.matches(.string(span.template.name))
        case "resource": return term.matches(.string(span.resourceName))
        case "type": return term.matches(.string(span.template.type))
        case "kind": return term.matches(.string(span.template.kind.rawValue))
        case "env": return term.matches(.string(span.template.service.environment))
        case "version": return term.matches(.string(span.template.service.version))
        case "status": return term.matches(Double(span.status))
        case "error": return term.matches(.bool(span.isError))
        case "error.type": return term.matches(span.attribute(named: field))
        case "error.message", "error.stack": return term.isContained(in: span.attribute(named: field)?.text)
        case "duration_ms": return term.matches(Double(span.durationNanoseconds) / 1_000_000)
        case "self_ms": return tree.map { term.matches($0.selfTime(of: position).milliseconds) } ?? false
        case "lead_ms":
            guard let tree, let parent = tree.parents[position] else { return false }
            return term.matches((tree.trace.spans[parent].start - span.start) / .milliseconds(1))
        case "span_count": return tree.map { term.matches(Double($0.descendants(of: position).count)) } ?? false
        case "sql_count":
            return tree.map { tree in
                term.matches(Double(tree.descendants(of: position).filter { tree.trace.spans[$0].template.type == "sql" }.count))
            } ?? false
        default: return false
        }
    }
}

extension SearchTerm {
    /// Whether a text contains what is asked for, without regard to case; wildcards must fit the whole text.
    func isContained(in text: String?) -> Bool {
        guard let text else { return false }
        switch test {
        case .phrase(let part): return text.lowercased().contains(part.lowercased())
        case .pattern(let pattern):
            guard let part = pattern.literal else { return pattern.matches(text, ignoringCase: true) }
            return text.lowercased().contains(part.lowercased())
        case .comparison, .range: return false
        }
    }
}
