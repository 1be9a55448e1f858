import Base
import Telemetry

/// Spans sorted by the service that sends them, as OTLP wants them: services in the order of their first spans.
struct SpanBatch {
    private(set) var groups: [(service: ServiceIdentity, spans: [Span])] = []

    init(_ spans: [Span]) {
        var positions: [ObjectIdentifier: Int] = [:]
        for span in spans {
            let identity = ObjectIdentifier(span.template.service)
            if let position = positions[identity] {
                groups[position].spans.append(span)
            } else if let position = groups.firstIndex(where: { $0.service.describesTheSame(as: span.template.service) }) {
                positions[identity] = position
                groups[position].spans.append(span)
            } else {
                positions[identity] = groups.count
                groups.append((span.template.service, [span]))
            }
        }
    }
}

extension ServiceIdentity {
    /// Many objects may describe one service, for example one for each statement of its database.
    func describesTheSame(as other: ServiceIdentity) -> Bool { name == other.name && resourceAttributes == other.resourceAttributes }
}

extension Span {
    /// OpenTelemetry's number for the kind.
    var exportedKind: Int {
        switch template.kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }

    /// The attributes of the span event `exception`.
    var exceptionAttributes: [Attribute]? {
        guard let error else { return nil }
        var attributes = [Attribute("exception.type", .string(error.type)), Attribute("exception.message", .string(error.message))]
        if !error.stack.isEmpty { attributes.append(Attribute("exception.stacktrace", .string(error.stack))) }
        return attributes
    }
}

/// The instrumentation scope of all spans.
let scopeName = "shop"
/// Sampled, and known to have a parent in this process or none (bits 0 and 8 of the span flags).
let spanFlags: UInt32 = 0x101
