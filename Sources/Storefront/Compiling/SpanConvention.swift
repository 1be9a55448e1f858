import Base

/// The attribute names that spans of a service use for what they know: `conventions` of its `telemetry` object, one or several.
///
/// A pack's own `attributes` win over a convention's of the same name.
enum SpanConvention: String, CaseIterable {
    /// Datadog's tracers of about 2021 (dd-trace-rb 0.50 lib/ddtrace/ext, dd-trace-py 0.57 ddtrace/ext).
    case datadog
    /// OpenTelemetry's stable semantic conventions.
    case opentelemetry
    /// OpenTelemetry's conventions before those of HTTP and databases were stable (schema 1.11): what instrumentation still writes
    /// unless `OTEL_SEMCONV_STABILITY_OPT_IN` says otherwise.
    case opentelemetryOld = "opentelemetry-old"

    /// Names and texts with placeholders, see `SpanText`.
    func attributes(of kind: SpanKindName) -> [(name: String, value: Value)] {
        let own =
            switch self {
            case .datadog: Self.datadog(kind)
            case .opentelemetry: Self.opentelemetry(kind)
            case .opentelemetryOld: Self.opentelemetryOld(kind)
            }
        return own + errorAttributes
    }

    /// What tells of an error, on spans and on companions that carry one.
    var errorAttributes: [(name: String, value: Value)] {
        switch self {
        case .datadog: [("error.type", "{error.type}"), ("error.msg", "{error.message}"), ("error.stack", "{error.stack}")]
        case .opentelemetry: [("error.type", "{error.type}")]
        // An event tells it.
        case .opentelemetryOld: []
        }
    }

    private static func datadog(_ kind: SpanKindName) -> [(name: String, value: Value)] {
        switch kind {
        case .server:
            [
                ("http.method", "{method}"), ("http.url", "{url}"), ("http.status_code", "{status}"), ("http.request_id", "{request_id}"),
                ("env", "{env}"), ("version", "{version}"), ("language", "{language}"), ("runtime-id", "{runtime}"), ("system.pid", 1),
            ]
        case .client:
            [
                ("http.method", "{method}"), ("http.url", "{url}"), ("http.status_code", "{status}"), ("out.host", "{hostname}"),
                ("out.port", "{port}"),
            ]
        case .sql: [("db.rowcount", "{rows}"), ("sql.rows", "{rows}")]
        case .connect, .template, .partial, .cache, .internal: []
        }
    }

    private static func opentelemetry(_ kind: SpanKindName) -> [(name: String, value: Value)] {
        switch kind {
        case .server:
            [
                ("http.request.method", "{method}"), ("http.route", "{route}"), ("url.scheme", "http"), ("url.path", "{path}"),
                ("url.query", "{query}"), ("http.response.status_code", "{status}"), ("server.address", "{hostname}"), ("server.port", "{port}"),
                ("client.address", "{client}"), ("user_agent.original", "{user_agent}"),
            ]
        case .client:
            [
                ("http.request.method", "{method}"), ("url.full", "http://{host}{target}"), ("http.response.status_code", "{status}"),
                ("server.address", "{hostname}"), ("server.port", "{port}"), ("peer.service", "{peer}"),
            ]
        case .sql: [("db.query.text", "{statement}"), ("db.response.returned_rows", "{rows}")]
        case .connect, .template, .partial, .cache, .internal: []
        }
    }

    private static func opentelemetryOld(_ kind: SpanKindName) -> [(name: String, value: Value)] {
        switch kind {
        case .server:
            [
                ("http.method", "{method}"), ("http.scheme", "http"), ("http.host", "{host}"), ("net.host.name", "{host}"),
                ("net.host.port", "{port}"), ("http.target", "{target}"), ("net.peer.ip", "{client}"), ("http.user_agent", "{user_agent}"),
                ("http.flavor", "1.1"), ("http.route", "{route}"), ("http.status_code", "{status}"),
            ]
        case .client: [("http.method", "{method}"), ("http.url", "http://{host}{target}"), ("http.status_code", "{status}")]
        case .sql: [("db.statement", "{statement}")]
        case .connect, .template, .partial, .cache, .internal: []
        }
    }
}
