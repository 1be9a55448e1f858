import Base
import Telemetry

/// What a shop has recorded during one step of a probe.
struct StepTelemetry: Sendable {
    /// A request that a service has recorded: who, and what it is called.
    struct Operation: Sendable, Hashable {
        var service: String
        /// For example `flask.request`.
        var name: String
        var resource: String
    }

    /// What a service does while it answers: a query, a call.
    struct Activity: Sendable, Hashable {
        var operation: Operation
        /// Name of the database or of the service that is called, and the span's operation name.
        var partner: String
        var name: String
        var isQuery: Bool
    }

    /// Log lines that differ in more than figures.
    struct Line: Sendable, Hashable {
        var service: String
        var level: LogRecord.Level
        var words: String
    }

    var operations: [Operation: Int] = [:]
    var activities: Set<Activity> = []
    var lines: Set<Line> = []
    /// Spans and log lines that say that something went wrong, in words for people.
    var errors: [String] = []

    init() {}

    init(spans: [Span], logs: [LogRecord]) {
        let byID = Dictionary(spans.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for span in spans {
            if span.isError { errors.append("\(span.template.service.name): \(span.error?.message ?? "status \(span.status)")") }
            if span.template.kind == .server { operations[Self.operation(of: span), default: 0] += 1 }
            guard span.template.kind == .client, let server = Self.server(around: span, in: byID) else { continue }
            let isQuery = span.template.type == "sql"
            // Databases and caches have names of their own.
            let partner = span.template.peer.isEmpty ? span.template.service.name : span.template.peer
            activities.insert(Activity(operation: Self.operation(of: server), partner: partner, name: span.template.name, isQuery: isQuery))
        }
        for record in logs where record.level == .error { errors.append("\(record.service.name): \(record.message.prefix { $0 != "\n" })") }
        for record in logs { lines.insert(Line(service: record.service.name, level: record.level, words: Self.words(of: record.message))) }
    }

    private static func operation(of span: Span) -> Operation {
        Operation(service: span.template.service.name, name: span.template.name, resource: span.resourceName)
    }

    private static func server(around span: Span, in spans: [UInt64: Span]) -> Span? {
        var inner = span
        while let outer = spans[inner.parent], outer.id != inner.id {
            if outer.template.kind == .server { return outer }
            inner = outer
        }
        return nil
    }

    /// Figures and identifiers differ between two shops that do the same.
    private static func words(of message: String) -> String {
        String(message.split(separator: "\n").first ?? "").map { $0.isNumber ? "0" : $0 }.reduce(into: "") { text, character in
            if character != "0" || text.last != "0" { text.append(character) }
        }
    }
}
