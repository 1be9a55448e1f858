import Base
import Telemetry

/// `ExportTraceServiceRequest` in OTLP's JSON: hexadecimal identifiers, 64-bit numbers as strings, enums as numbers.
enum OTLPJSON {
    static func encode(_ spans: [Span], changing attributes: AttributeActions = AttributeActions()) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("resourceSpans")
            json.array(SpanBatch(spans).groups) { json, group in
                json.object { json in
                    json.key("resource")
                    json.object { write(group.service.exportedAttributes, to: &$0) }
                    json.key("scopeSpans")
                    json.array { json in
                        json.object { json in
                            json.key("scope")
                            json.object { $0.member("name", scopeName) }
                            json.key("spans")
                            json.array(group.spans) { write($1, attributes, to: &$0) }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ span: Span, _ changes: AttributeActions, to json: inout JSONWriter) {
        json.object { json in
            json.member("traceId", span.trace.hex)
            json.member("spanId", span.id.hex)
            if span.parent != 0 { json.member("parentSpanId", span.parent.hex) }
            json.member("flags", Int(spanFlags))
            json.member("name", span.displayName)
            json.member("kind", span.exportedKind)
            json.member("startTimeUnixNano", String(span.start.nanoseconds))
            json.member("endTimeUnixNano", String(span.end.nanoseconds))
            write(changes.apply(to: span.exportedAttributes), to: &json)
            if let attributes = span.exceptionAttributes { writeException(attributes, at: span.end, to: &json) }
            json.key("status")
            json.object { json in
                guard span.isError else { return }
                if let error = span.error, !error.message.isEmpty { json.member("message", error.message) }
                json.member("code", 2)
            }
        }
    }

    private static func writeException(_ attributes: [Attribute], at time: Timestamp, to json: inout JSONWriter) {
        json.key("events")
        json.array { json in
            json.object { json in
                json.member("timeUnixNano", String(time.nanoseconds))
                json.member("name", "exception")
                write(attributes, to: &json)
            }
        }
    }

    /// The member `attributes`.
    private static func write(_ attributes: [Attribute], to json: inout JSONWriter) {
        json.key("attributes")
        writePairs(attributes, to: &json)
    }

    private static func writePairs(_ attributes: [Attribute], to json: inout JSONWriter) {
        json.array(attributes) { json, attribute in
            json.object { json in
                json.member("key", attribute.name)
                json.key("value")
                write(attribute.value, to: &json)
            }
        }
    }

    private static func write(_ value: Value, to json: inout JSONWriter) {
        json.object { json in
            switch value {
            case .null: break
            case .string(let text): json.member("stringValue", text)
            case .bool(let flag): json.member("boolValue", flag)
            case .int(let number): json.member("intValue", String(number))
            case .double(let number): write(number, to: &json)
            case .bytes(let bytes): json.member("bytesValue", Base64.encode(bytes))
            case .list(let elements):
                json.key("arrayValue")
                json.object { json in
                    json.key("values")
                    json.array(elements) { write($1, to: &$0) }
                }
            case .record(let record):
                json.key("kvlistValue")
                json.object { json in
                    json.key("values")
                    writePairs(zip(record.layout.names, record.values).map { Attribute($0, $1) }, to: &json)
                }
            }
        }
    }

    /// Proto3 JSON names what JSON has no numbers for.
    private static func write(_ number: Double, to json: inout JSONWriter) {
        json.key("doubleValue")
        if number.isNaN { json.value("NaN") } else if number.isInfinite { json.value(number < 0 ? "-Infinity" : "Infinity") } else {
            json.value(Value.double(number))
        }
    }
}
