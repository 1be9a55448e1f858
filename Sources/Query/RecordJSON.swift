import Base
import Telemetry

/// Writes log records and events for the observability API.
enum RecordJSON {
    static func write(_ record: LogRecord, to json: inout JSONWriter) {
        json.object { json in
            json.member("timestamp", record.time.iso8601)
            json.member("timeUnixMicroseconds", Int(record.time.microseconds))
            json.member("service", record.service.name)
            json.member("status", record.level.rawValue)
            json.member("message", record.message)
            json.member("line", record.line)
            if !record.service.environment.isEmpty { json.member("env", record.service.environment) }
            if !record.service.version.isEmpty { json.member("version", record.service.version) }
            if let trace = record.trace { json.member("trace_id", trace.hex) }
            if record.span != 0 { json.member("span_id", record.span.hex) }
            write(record.attributes, to: &json)
        }
    }

    static func write(_ event: Event, to json: inout JSONWriter) {
        json.object { json in
            json.member("timestamp", event.time.iso8601)
            json.member("timeUnixMicroseconds", Int(event.time.microseconds))
            json.member("service", event.service)
            json.member("kind", event.kind)
            json.member("title", event.title)
            write(event.attributes, to: &json)
        }
    }

    private static func write(_ attributes: [Attribute], to json: inout JSONWriter) {
        json.key("attributes")
        json.object { json in
            for attribute in attributes {
                json.key(attribute.name)
                json.value(attribute.value)
            }
        }
    }
}
