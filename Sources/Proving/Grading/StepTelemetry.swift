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

    /// What one request of an operation ended with, and how serious a line is.
    struct LineKind: Sendable, Hashable {
        var operation: Operation
        var status: Int
        var level: LogRecord.Level
    }

    /// Log lines of requests of one kind: how many each request has written, and one of them.
    struct Lines: Sendable {
        var fewest: Int
        var most: Int
        var example: String
    }

    var operations: [Operation: Int] = [:]
    var activities: Set<Activity> = []
    var lines: [LineKind: Lines] = [:]
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
        lines = Self.lines(of: logs, spans, byID)
    }

    /// Counted by request and not told apart by their words: those differ by chance, and a learner may choose others.
    private static func lines(of logs: [LogRecord], _ spans: [Span], _ byID: [UInt64: Span]) -> [LineKind: Lines] {
        var byRequest: [UInt64: [LogRecord]] = [:]
        for record in logs {
            guard let span = byID[record.span] else { continue }
            let server = span.template.kind == .server ? span : server(around: span, in: byID)
            if let server { byRequest[server.id, default: []].append(record) }
        }
        var lines: [LineKind: Lines] = [:]
        for server in spans where server.template.kind == .server {
            for level in LogRecord.Level.allCases {
                let written = (byRequest[server.id] ?? []).filter { $0.level == level }
                let kind = LineKind(operation: operation(of: server), status: server.status, level: level)
                let own = Lines(fewest: written.count, most: written.count, example: written.first.map { words(of: $0.message) } ?? "")
                lines[kind] = lines[kind].map { $0.joined(with: own) } ?? own
            }
        }
        return lines
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

extension StepTelemetry.Lines {
    func joined(with other: StepTelemetry.Lines) -> StepTelemetry.Lines {
        StepTelemetry.Lines(fewest: min(fewest, other.fewest), most: max(most, other.most), example: example.isEmpty ? other.example : example)
    }
}
