import Base

@testable import Telemetry

extension ServiceIdentity {
    static func make(_ name: String = "ads", version: String = "1.0", environment: String = "test") -> ServiceIdentity {
        ServiceIdentity(name: name, version: version, environment: environment)
    }
}

extension SpanTemplate {
    static func make(
        service: ServiceIdentity = .make(), name: String = "flask.request", resource: String = "GET /ads", type: String = "web",
        kind: Kind = .server, attributes: [Attribute] = [], computed: [ComputedAttribute] = [.status], companions: [Companion] = []
    ) -> SpanTemplate {
        SpanTemplate(
            service: service, name: name, resource: resource, type: type, kind: kind, attributes: attributes, computed: computed,
            companions: companions)
    }
}

extension Span {
    /// Times in microseconds.
    static func make(
        trace: UInt64 = 1, id: UInt64 = 1, parent: UInt64 = 0, _ template: SpanTemplate = .make(), start: Int64 = 0, duration: Int64 = 1_000,
        status: Int = 0, isError: Bool = false, resource: String? = nil, attributes: [Attribute] = [], error: SpanError? = nil
    ) -> Span {
        Span(
            trace: TraceID(high: 0, low: trace), id: id, parent: parent, template: template,
            start: Timestamp(nanoseconds: start * 1_000), durationNanoseconds: duration * 1_000, status: status, isError: isError,
            resource: resource, attributes: attributes, error: error)
    }
}

extension LogRecord {
    static func make(_ message: String, at seconds: Int64 = 0, service: ServiceIdentity = .make(), level: Level = .info) -> LogRecord {
        LogRecord(time: Timestamp(nanoseconds: seconds * 1_000_000_000), service: service, level: level, line: message, message: message)
    }
}
