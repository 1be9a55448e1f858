import Base
import HTTP
import Telemetry

/// A request to the observability API that cannot be answered; the text names the parameter.
struct APIError: Error {
    var status: Int
    var message: String

    static func badRequest(_ message: String) -> APIError { APIError(status: 400, message: message) }
    static func notFound(_ message: String) -> APIError { APIError(status: 404, message: message) }

    /// Jaeger sends its error envelope as text/plain.
    var response: Response {
        var json = JSONWriter()
        json.object { json in
            json.key("data")
            json.null()
            for name in ["total", "limit", "offset"] { json.member(name, 0) }
            json.key("errors")
            json.array { json in
                json.object { json in
                    json.member("code", status)
                    json.member("msg", message)
                }
            }
        }
        return Response(status: status, headers: Headers(["Content-Type": "text/plain; charset=utf-8"]), body: json.bytes)
    }
}
