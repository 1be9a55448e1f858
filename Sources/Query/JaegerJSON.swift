import Base
import Telemetry

/// Writes traces in the JSON of Jaeger's query service (the format that Grafana's Jaeger data source reads).
enum JaegerJSON {
    static func write(_ trace: Trace, to json: inout JSONWriter) {
        let processes = Processes(of: trace)
        json.object { json in
            json.member("traceID", identifier(trace.id))
            json.key("spans")
            json.array(trace.spans) { write($1, processes.name(of: $1), to: &$0) }
            json.key("processes")
            processes.write(to: &json)
            json.key("warnings")
            json.null()
        }
    }

    /// 32 digits, 16 when the high half is zero.
    private static func identifier(_ trace: TraceID) -> String { trace.high == 0 ? trace.low.hex : trace.hex }

    private static func write(_ span: Span, _ process: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("traceID", identifier(span.trace))
            json.member("spanID", span.id.hex)
            json.member("flags", 1)
            json.member("operationName", span.displayName)
            json.key("references")
            json.array { json in
                guard span.parent != 0 else { return }
                json.object { json in
                    json.member("refType", "CHILD_OF")
                    json.member("traceID", identifier(span.trace))
                    json.member("spanID", span.parent.hex)
                }
            }
            json.member("startTime", Int(span.start.microseconds))
            json.member("duration", Int(span.durationNanoseconds / 1_000))
            json.key("tags")
            json.array(tags(of: span)) { write($1, to: &$0) }
            json.key("logs")
            json.array { json in if let error = span.error { write(error, at: span.end, to: &json) } }
            json.member("processID", process)
            json.key("warnings")
            json.null()
        }
    }

    private static func tags(of span: Span) -> [Attribute] {
        var tags: [Attribute] = []
        if span.template.kind != .internal { tags.append(Attribute("span.kind", .string(span.template.kind.rawValue))) }
        tags += span.allAttributes
        guard span.isError else { return tags }
        tags.append(Attribute("error", true))
        tags.append(Attribute("otel.status_code", "ERROR"))
        if let error = span.error {
            tags.append(Attribute("otel.status_description", .string(error.message)))
            if tags["error.type"] == nil { tags.append(Attribute("error.type", .string(error.type))) }
        }
        return tags
    }

    private static func write(_ error: SpanError, at time: Timestamp, to json: inout JSONWriter) {
        var fields = [Attribute("event", "exception"), Attribute("exception.type", .string(error.type))]
        fields.append(Attribute("exception.message", .string(error.message)))
        if !error.stack.isEmpty { fields.append(Attribute("exception.stacktrace", .string(error.stack))) }
        json.object { json in
            json.member("timestamp", Int(time.microseconds))
            json.key("fields")
            json.array(fields) { write($1, to: &$0) }
        }
    }

    fileprivate static func write(_ tag: Attribute, to json: inout JSONWriter) {
        json.object { json in
            json.member("key", tag.name)
            switch tag.value {
            case .bool(let flag):
                json.member("type", "bool")
                json.member("value", flag)
            case .int(let number):
                json.member("type", "int64")
                // Larger ones lose digits in a browser.
                if abs(number) <= 1 << 53 { json.member("value", number) } else { json.member("value", String(number)) }
            case .double:
                json.member("type", "float64")
                json.key("value")
                json.value(tag.value)
            case .bytes(let bytes):
                json.member("type", "binary")
                json.member("value", Base64.encode(bytes))
            case .null, .string, .list, .record:
                json.member("type", "string")
                json.member("value", tag.value.text)
            }
        }
    }
}

/// The services of one trace, numbered in the order of their first spans.
private struct Processes {
    private var names: [ObjectIdentifier: String] = [:]
    private var services: [ServiceIdentity] = []

    /// Services are told apart by what they are: many objects may describe the same one.
    init(of trace: Trace) {
        for service in trace.spans.lazy.map(\.template.service) where names[ObjectIdentifier(service)] == nil {
            let known = services.firstIndex { $0.name == service.name && $0.resourceAttributes == service.resourceAttributes }
            if known == nil { services.append(service) }
            names[ObjectIdentifier(service)] = "p\((known ?? services.count - 1) + 1)"
        }
    }

    func name(of span: Span) -> String { names[ObjectIdentifier(span.template.service)] ?? "" }

    func write(to json: inout JSONWriter) {
        json.object { json in
            for (index, service) in services.enumerated() {
                json.key("p\(index + 1)")
                json.object { json in
                    json.member("serviceName", service.name)
                    json.key("tags")
                    json.array(service.resourceAttributes) { JaegerJSON.write($1, to: &$0) }
                }
            }
        }
    }
}
