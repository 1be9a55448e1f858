import Base
import Telemetry

@testable import XRay

/// When the traces of these tests begin.
let startOfTraces = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

extension ServiceIdentity {
    static func make(_ name: String, _ settings: XRaySettings = .standard) -> ServiceIdentity {
        ServiceIdentity(name: name, version: "1.0", environment: "test", xray: settings)
    }
}

extension XRaySettings {
    static func make(_ change: (inout XRaySettings) -> Void) -> XRaySettings {
        var settings = XRaySettings()
        change(&settings)
        return settings
    }
}

extension Span {
    static let trace = TraceID(high: 0x6553_f100_0000_0000, low: 0xabc)

    /// Times in milliseconds.
    static func server(
        _ id: UInt64, parent: UInt64 = 0, of service: ServiceIdentity, from start: Int64 = 0, to end: Int64 = 100, status: Int = 200, target: String = "/", attributes: [Attribute] = [],
        companions: [SpanTemplate.Companion] = [], error: SpanError? = nil
    ) -> Span {
        let template = SpanTemplate(service: service, name: "request", resource: "GET /", type: "web", kind: .server, companions: companions)
        let facts = HTTPFacts(method: "GET", target: target, host: service.name + ":8080", client: "10.0.0.7", userAgent: "curl/8", attributes: attributes)
        return make(id, parent, template, start, end, status, .http(facts), error)
    }

    static func call(
        _ id: UInt64, parent: UInt64, of service: ServiceIdentity, to peer: String, from start: Int64 = 10, to end: Int64 = 90, status: Int = 200, attributes: [Attribute] = [],
        error: SpanError? = nil
    ) -> Span {
        let template = SpanTemplate(service: service, name: "call", resource: peer, type: "http", kind: .client, peer: peer)
        return make(id, parent, template, start, end, status, .http(HTTPFacts(method: "GET", target: "/items?page=2", host: peer + ":5000", attributes: attributes)), error)
    }

    static func statement(_ id: UInt64, parent: UInt64, of service: ServiceIdentity) -> Span {
        let template = SpanTemplate(
            service: service, name: "query", resource: "SELECT", type: "sql", kind: .client, attributes: [Attribute("db.statement", "SELECT * FROM items WHERE id = ?"), Attribute("db.system", "postgresql")])
        return make(id, parent, template, 20, 30, 0, .rows(1), nil)
    }

    private static func make(
        _ id: UInt64, _ parent: UInt64, _ template: SpanTemplate, _ start: Int64, _ end: Int64, _ status: Int, _ detail: Detail, _ error: SpanError?
    ) -> Span {
        Span(
            trace: trace, id: id, parent: parent, template: template, start: startOfTraces + .milliseconds(start), durationNanoseconds: (end - start) * 1_000_000, status: status,
            isError: status >= (template.kind == .client ? 400 : 500) || error != nil, detail: detail, error: error)
    }
}
