import Base
import HTTP
import Telemetry

/// Answers, calls between services, cookies, sessions, files, log lines, values on spans.
public struct WebHandler: Handler {
    public let name = "web"
    public let summary = "Answers, calls between services, cookies, sessions, files, log lines and values on spans."

    public init() {}

    public var operations: [OperationDeclaration] { answers + notes + calls + visitors }

    private static let headers = OptionDeclaration("headers", .map(.text), "header fields")
    private static let status = OptionDeclaration("status", .expression, "status code, 100 to 599", default: 200)

    private var answers: [OperationDeclaration] {
        [
            OperationDeclaration(
                "respond", "Answers the request; later steps do not run.",
                options: [
                    Self.status, Self.headers,
                    OptionDeclaration("json", .shape, "body as JSON"),
                    OptionDeclaration("style", .choice(Array(JSONStyle.named.keys).sorted()), "how the JSON looks; the service's own style when left out"),
                    OptionDeclaration("text", .text, "body as plain text"),
                    OptionDeclaration("html", .text, "body as HTML"),
                    OptionDeclaration("body", .expression, "body from a value: bytes or text"),
                    OptionDeclaration("pass", .expression, "the result of a `call`, passed on with its status, type and body"),
                    OptionDeclaration("contentType", .text, "media type, when the kind of body does not say it"),
                    OptionDeclaration("etag", .boolean, "adds a strong entity tag and answers 304 to who has it"),
                    OptionDeclaration("pieces", .integer(2...1_000), "sends the body in so many chunks"),
                    OptionDeclaration("pieceDelayMilliseconds", .number(0...600_000), "wait before each chunk"),
                ]
            ) { Respond($0) },
            OperationDeclaration(
                "redirect", "Sends the visitor to another place.",
                options: [
                    OptionDeclaration("to", .text, "URL or path", required: true),
                    OptionDeclaration("status", .integer(300...399), "status code", default: 302), Self.headers,
                ]
            ) { Redirect($0) },
            OperationDeclaration(
                "headers.add", "Adds header fields to the answer, whichever step makes it.",
                options: [OptionDeclaration("headers", .map(.text), "header fields", required: true)]
            ) { AddHeaders($0.texts("headers")) },
            OperationDeclaration("abort", "Cuts the connection without an answer, as a crashed process does.") { _ in Abort() },
            OperationDeclaration(
                "file", "Answers with a file of the pack, with entity tag, and 304 to who has it.",
                options: [
                    OptionDeclaration("path", .text, "path within the pack", required: true),
                    OptionDeclaration("cacheSeconds", .integer(0...31_536_000), "how long clients may keep it"), Self.headers,
                ]
            ) { ServeFile($0) },
        ]
    }

    private var notes: [OperationDeclaration] {
        [
            OperationDeclaration(
                "log", "Writes a log line in the service's own format.",
                options: [
                    OptionDeclaration("text", .text, "the message", required: true),
                    OptionDeclaration("level", .choice(LogRecord.Level.allCases.map(\.rawValue)), "severity", default: "info"),
                    OptionDeclaration("logger", .text, "name of the logger"),
                    OptionDeclaration("fields", .map(.shape), "named values that belong to the message; the format says where they stand, and a search finds them as `@name`, values inside as `@name.inner`"),
                    OptionDeclaration("format", .text, "one of the service's `logs.formats`, by name; its usual one when left out"),
                ]
            ) { WriteLog($0) },
            OperationDeclaration(
                "annotate", "Puts named values on the span of the request.",
                options: [
                    OptionDeclaration("values", .map(.shape), "a value for each attribute"),
                    OptionDeclaration("pairs", .shape, "more of them, whose names depend on the request: a list of records with `name` and `value`"),
                ]
            ) { Annotate($0) },
        ]
    }

    private var calls: [OperationDeclaration] {
        [
            OperationDeclaration(
                "call", "Sends a request to another service of the shop.",
                options: [
                    OptionDeclaration("service", .service, "the service", required: true),
                    OptionDeclaration("path", .text, "path and query", required: true),
                    OptionDeclaration("method", .choice(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]), "method", default: "GET"), Self.headers,
                    OptionDeclaration("json", .shape, "body as JSON"),
                    OptionDeclaration("form", .shape, "body as a form; a record of texts"),
                    OptionDeclaration("body", .expression, "body from a value"),
                    OptionDeclaration("passHeaders", .names, "header fields of the incoming request to send along"),
                    OptionDeclaration("timeoutMilliseconds", .number(1...3_600_000), "limit for the answer; none when left out"),
                    OptionDeclaration("retries", .integer(0...20), "how often to ask again when no answer comes", default: 0),
                    OptionDeclaration("retryPauseMilliseconds", .number(0...60_000), "wait before asking again, doubled each time; at once when 0", default: 0),
                    OptionDeclaration("needs", .choice(["any", "success", "json"]), "what counts as a failure besides no answer: nothing, any status from 400, a body that is not JSON", default: "any"),
                    OptionDeclaration("attributes", .map(.shape), "named values on the call's span"),
                ], result: "`status`, `ok` (below 400), `body`, `json` (null when it is none), `type`, `headers`"
            ) { CallService($0) },
            OperationDeclaration(
                "remote", "Passes the request on to a service outside of the program and its answer back.",
                options: [
                    OptionDeclaration("url", .text, "base URL; path and query of the request are added", required: true),
                    OptionDeclaration("timeoutMilliseconds", .number(1...3_600_000), "limit for the answer", default: 60_000),
                ]
            ) { Remote($0) },
        ]
    }

    private var visitors: [OperationDeclaration] {
        [
            OperationDeclaration(
                "cookie.set", "Gives the visitor a cookie.",
                options: [
                    OptionDeclaration("name", .text, "name", required: true), OptionDeclaration("value", .text, "value", required: true),
                    OptionDeclaration("path", .text, "path", default: "/"), OptionDeclaration("httpOnly", .boolean, "hidden from scripts", default: false),
                    OptionDeclaration("maxAgeSeconds", .integer(0...2_000_000_000), "life time; a session cookie when left out"),
                    OptionDeclaration("signed", .boolean, "writes the value as Rails' signed cookies look: base64 of JSON, two dashes, 40 hex digits", default: false),
                ]
            ) { GiveCookie($0) },
            OperationDeclaration(
                "cookie.payload", "Reads the payload of a signed cookie; the signature is not checked, so that recorded cookies keep working.",
                options: [OptionDeclaration("value", .expression, "the cookie's text", required: true)], result: "the payload; null when it cannot be read"
            ) { CookiePayload($0.requiredExpression("value")) },
            OperationDeclaration(
                "session.open", "Finds the visitor's session by a cookie, or starts one.",
                options: [OptionDeclaration("cookie", .text, "name of the cookie", required: true)], result: "`id` and what was stored"
            ) { OpenSession($0.requiredText("cookie")) },
            OperationDeclaration(
                "session.set", "Stores values in a session; null removes one.",
                options: [
                    OptionDeclaration("session", .expression, "the session's id", required: true),
                    OptionDeclaration("values", .shape, "a record of values", required: true),
                ]
            ) { StoreInSession($0.requiredExpression("session"), $0.shape("values") ?? .constant(.null)) },
        ]
    }
}
