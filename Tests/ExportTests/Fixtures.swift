import Base
import HTTP
import Telemetry

@testable import Export

/// A back end in memory: answers from a script, the last answer for ever.
final class ScriptedBackEnd: HTTPSender {
    enum Answer {
        case status(Int, retryAfter: String? = nil)
        case body(String, headers: Headers = Headers())
        case failure(ClientError)
    }

    private var script: [Answer]
    private(set) var requests: [ClientRequest] = []
    private(set) var times: [Timestamp] = []
    private let loop: EventLoop?

    init(_ script: [Answer] = [.status(200)], loop: EventLoop? = nil) {
        self.script = script
        self.loop = loop
    }

    func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        requests.append(request)
        if let loop { times.append(loop.now) }
        let answer = script.count > 1 ? script.removeFirst() : script[0]
        switch answer {
        case .failure(let error): throw error
        case .status(let status, let retryAfter):
            var headers = Headers()
            if let retryAfter { headers.add("Retry-After", retryAfter) }
            return response(status, headers, [], to: request)
        case .body(let text, let headers): return response(200, headers, Array(text.utf8), to: request)
        }
    }

    private func response(_ status: Int, _ headers: Headers, _ body: [UInt8], to request: ClientRequest) -> ClientResponse {
        ClientResponse(
            status: status, httpVersion: "1.1", headers: headers, body: body, timings: ClientResponse.Timings(), effectiveURL: request.url,
            remoteAddress: "127.0.0.1")
    }
}

extension ServiceIdentity {
    static let ads = ServiceIdentity(name: "ads", version: "1.0", environment: "test")
}

extension SpanTemplate {
    static func make(
        _ name: String = "flask.request", service: ServiceIdentity = .ads,
        resource: String = "GET /ads", kind: Kind = .server, attributes: [Attribute] = [], companions: [Companion] = []
    ) -> SpanTemplate {
        SpanTemplate(service: service, name: name, resource: resource, type: "web", kind: kind, attributes: attributes, companions: companions)
    }
}

extension Span {
    static func make(_ id: UInt64 = 1, parent: UInt64 = 0, _ template: SpanTemplate = .make()) -> Span {
        Span(
            trace: TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736), id: id, parent: parent, template: template,
            start: Timestamp(nanoseconds: 1_700_000_000_000_000_000), durationNanoseconds: 2_500_000)
    }
}
