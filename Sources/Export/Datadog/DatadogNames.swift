/// Datadog's names for what OpenTelemetry calls otherwise.
enum DatadogNames {
    /// The tag for an attribute of a span or of its service.
    static func tag(_ attribute: String) -> String {
        switch attribute {
        case "url.path", "url.full": "http.url"
        case "http.request.method": "http.method"
        case "http.response.status_code": "http.status_code"
        case "user_agent.original": "http.useragent"
        case "server.address": "out.host"
        case "server.port": "network.destination.port"
        case "db.system.name": "db.system"
        case "db.namespace": "db.name"
        case "db.response.returned_rows": "db.row_count"
        case "telemetry.sdk.language": "language"
        case "service.version": "version"
        case "deployment.environment.name": "env"
        default: attribute
        }
    }

    /// Numbers that Datadog keeps as text.
    static func isText(_ tag: String) -> Bool { tag == "http.status_code" }
}
