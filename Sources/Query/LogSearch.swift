import Base
import Telemetry

/// A search over log records in the subset of Datadog's log search syntax.
///
/// Words and phrases are looked for in the message; `*:word` in the line and all attributes too. Fields without `@`: `service`,
/// `status`, `env`, `version`, `trace_id`, `span_id`, and tags, which are attributes here. In a cluster, `service` and `source` are also
/// written with the namespace before the name, and databases found by their kind. `@name` finds named fields of a line and, where the line is a JSON object, its members;
/// `@exception.name` what is inside of them.
public struct LogSearch: Sendable {
    private let expression: SearchExpression

    public init(parsing text: String) throws(QueryError) { expression = try SearchParser.parse(text) }

    init(_ expression: SearchExpression) { self.expression = expression }

    public func matches(_ record: LogRecord) -> Bool { expression.holds { Self.holds($0, for: record) } }

    private static func holds(_ term: SearchTerm, for record: LogRecord) -> Bool {
        guard let field = term.field else { return term.occurs(in: record.message) }
        if field == "*" {
            return term.occurs(in: record.message) || term.occurs(in: record.line)
                || record.attributes.contains { term.occurs(in: $0.value.text) }
        }
        if term.isAttribute, let value = record.value(at: field) { return term.matches(value) }
        switch field {
        case "service": return ([record.service.name] + record.service.furtherNames).contains { term.matches(.string($0)) }
        case "source": return (record.attributes[field].map { [$0] } ?? record.service.furtherNames.map { .string($0) }).contains { term.matches($0) }
        case "status": return record.level.names.contains { term.matches(.string($0), ignoringCase: true) }
        case "env": return term.matches(.string(record.service.environment))
        case "version": return term.matches(.string(record.service.version))
        case "trace_id", "dd.trace_id":
            return record.trace.map { term.matches(.string($0.hex)) || term.matches(.string(String($0.low))) } ?? false
        case "span_id", "dd.span_id":
            return record.span != 0 && (term.matches(.string(record.span.hex)) || term.matches(.string(String(record.span))))
        default: return term.matches(record.attributes[field] ?? record.service.attributes[field])
        }
    }
}

extension ServiceIdentity {
    /// As annotations of pods name what they log: several namespaces may have a service of the same name.
    fileprivate var furtherNames: [String] { (attributes["kube_namespace"].map { ["\($0.text)-\(name)"] } ?? []) + aliases }
}

extension LogRecord.Level {
    /// The level's name and what else people type for it.
    fileprivate var names: [String] {
        switch self {
        case .debug: ["debug"]
        case .info: ["info"]
        case .warn: ["warn", "warning"]
        case .error: ["error"]
        // Datadog's status for what begins with an f is "emergency".
        case .fatal: ["fatal", "emergency", "critical"]
        }
    }
}

extension LogRecord {
    /// What stands under a name with dots: a named field, or a member of a line that is a JSON object. The longest name wins, as names
    /// may have dots of their own.
    func value(at path: String) -> Value? {
        if let value = attributes[path] { return value }
        for attribute in attributes where path.hasPrefix(attribute.name + ".") {
            if let value = attribute.value.member(at: path.dropFirst(attribute.name.utf8.count + 1)) { return value }
        }
        // Most lines are told apart without being parsed.
        guard line.utf8.first == UInt8(ascii: "{"), line.contains("\"\(path.prefix { $0 != "." })"), let object = try? Value.parse(json: line.utf8) else { return nil }
        return object.member(at: path[...])
    }
}

extension Value {
    fileprivate func member(at path: Substring) -> Value? {
        if let value = self[String(path)] { return value }
        var dot = path.lastIndex(of: ".")
        while let end = dot {
            if let value = self[String(path[..<end])]?.member(at: path[path.index(after: end)...]) { return value }
            dot = path[..<end].lastIndex(of: ".")
        }
        return nil
    }
}
