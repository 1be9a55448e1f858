import Base
import Telemetry

/// `ExportTraceServiceRequest` in protobuf; field numbers from opentelemetry-proto.
enum OTLPProtobuf {
    static func encode(_ spans: [Span], changing attributes: AttributeActions = AttributeActions()) -> [UInt8] {
        var writer = ProtobufWriter()
        for group in SpanBatch(spans).groups {
            writer.message(1) { resourceSpans in
                resourceSpans.message(1) { write(group.service.exportedAttributes, field: 1, to: &$0) }
                resourceSpans.message(2) { scopeSpans in
                    scopeSpans.message(1) { $0.string(1, scopeName) }
                    for span in group.spans { scopeSpans.message(2) { write(span, attributes, to: &$0) } }
                }
            }
        }
        return writer.bytes
    }

    private static func write(_ span: Span, _ changes: AttributeActions, to message: inout ProtobufWriter) {
        message.identifier(1, span.trace.high, span.trace.low)
        message.identifier(2, span.id)
        if span.parent != 0 { message.identifier(4, span.parent) }
        message.string(5, span.displayName)
        message.varint(6, span.exportedKind)
        message.fixed64(7, UInt64(clamping: span.start.nanoseconds))
        message.fixed64(8, UInt64(clamping: span.end.nanoseconds))
        write(changes.apply(to: span.exportedAttributes), field: 9, to: &message)
        if let attributes = span.exceptionAttributes {
            message.message(11) { event in
                event.fixed64(1, UInt64(clamping: span.end.nanoseconds))
                event.string(2, "exception")
                write(attributes, field: 3, to: &event)
            }
        }
        if span.isError {
            message.message(15) { status in
                if let error = span.error, !error.message.isEmpty { status.string(2, error.message) }
                status.varint(3, 2)
            }
        }
        message.fixed32(16, spanFlags)
    }

    private static func write(_ attributes: [Attribute], field: Int, to message: inout ProtobufWriter) {
        for attribute in attributes {
            message.message(field) { pair in
                pair.string(1, attribute.name)
                pair.message(2) { write(attribute.value, to: &$0) }
            }
        }
    }

    /// `AnyValue`; null is an empty one.
    private static func write(_ value: Value, to message: inout ProtobufWriter) {
        switch value {
        case .null: break
        case .string(let text): message.string(1, text)
        case .bool(let flag): message.explicitVarint(2, flag ? 1 : 0)
        case .int(let number): message.explicitVarint(3, number)
        case .double(let number): message.double(4, number)
        case .list(let elements):
            message.message(5) { list in for element in elements { list.message(1) { write(element, to: &$0) } } }
        case .record(let record):
            let members = zip(record.layout.names, record.values).map { Attribute($0, $1) }
            message.message(6) { write(members, field: 1, to: &$0) }
        case .bytes(let bytes): message.data(7, bytes)
        }
    }
}
