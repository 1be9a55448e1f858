import Base
import HTTP

/// An HTTP response.
struct ResponseObservation: Observation {
    private let response: ClientResponse
    let body: ObservedBody?

    init(_ response: ClientResponse, hidesBody: Bool = false) {
        self.response = response
        body = ObservedBody(response, isHidden: hidesBody)
    }

    var timings: ClientResponse.Timings { response.timings }

    func value(of subject: Assertion.Subject) -> Value? {
        switch subject {
        case .statusCode: return .int(response.status)
        case .responseTime(let withoutDNS): return responseTime(withoutDNS: withoutDNS)
        case .header(let name):
            let values = response.headers.values(name)
            return values.isEmpty ? nil : .string(values.joined(separator: ", "))
        case .body, .bodyHash: return body.map { .string($0.text) }
        default: return nil
        }
    }

    var resultMembers: [(String, Value)] {
        [
            ("httpStatusCode", .int(response.status)), ("httpVersion", .string(response.httpVersion)),
            ("resolvedIp", .string(response.remoteAddress)), ("responseSize", .int(response.body.count)),
        ]
    }
}
