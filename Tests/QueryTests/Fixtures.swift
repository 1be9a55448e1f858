import Base
import HTTP
import Telemetry

@testable import Query

/// A shop in which `store` calls `discounts`, which runs `queries` queries in one request; and an `ads` request that fails.
func sampleRecorder(queries: Int = 3, trace: UInt64 = 0xa1, recorder: Recorder = Recorder()) -> Recorder {
    let store = ServiceIdentity(name: "store", version: "1.0", environment: "test")
    let discounts = ServiceIdentity(
        name: "discounts", version: "2.0", environment: "test", attributes: [Attribute("telemetry.sdk.language", "python")])
    let page = SpanTemplate(service: store, name: "rack.request", resource: "GET /", type: "web", kind: .server)
    let list = SpanTemplate(
        service: discounts, name: "flask.request", resource: "GET /discount", type: "web", kind: .server, attributes: [Attribute("http.method", "GET")])
    let query = SpanTemplate(
        service: discounts, name: "postgres.query", resource: "SELECT * FROM discount_types WHERE id = ?", type: "sql", kind: .client,
        attributes: [Attribute("db.query.summary", "SELECT discount_types")])
    func time(_ microseconds: Int) -> Timestamp { Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(microseconds) * 1_000) }
    func span(_ id: UInt64, _ parent: UInt64, _ template: SpanTemplate, _ start: Int, _ duration: Int64) -> Span {
        Span(
            trace: TraceID(high: 1, low: trace), id: trace << 16 + id, parent: parent == 0 ? 0 : trace << 16 + parent, template: template, start: time(start),
            durationNanoseconds: duration * 1_000, status: template.type == "web" ? 200 : 0)
    }
    for index in 0..<queries { recorder.record(span(UInt64(10 + index), 2, query, 110 + 10 * index, 8)) }
    recorder.record(span(2, 1, list, 100, 2_500))
    recorder.record(span(1, 0, page, 0, 3_000))
    var failed = span(3, 0, SpanTemplate(service: ServiceIdentity(name: "ads", version: "1.0", environment: "test"), name: "flask.request", resource: "GET /ads", type: "web", kind: .server), 5_000, 700)
    failed.trace = TraceID(high: 0, low: trace + 1)
    failed.status = 500
    failed.isError = true
    failed.error = SpanError(type: "AdsError", message: "connection refused by host")
    recorder.record(failed)
    recorder.record(LogRecord(time: time(200), service: discounts, level: .info, line: "INFO Discounts available: 12", message: "Discounts available: 12"))
    recorder.record(
        LogRecord(
            time: time(5_100), service: failed.template.service, level: .error, line: "ERROR payment refused", message: "Payment refused by web-01",
            trace: failed.trace, span: failed.id,
            attributes: [Attribute("http.status_code", 503), Attribute("duration", 2_000_000), Attribute("tags", .list(["a", "b"])), Attribute("user", "Ann B")]))
    recorder.record(Event(time: time(4_000), service: "ads", kind: "deployment", title: "Deployed ads 1.1", attributes: [Attribute("version", "1.1")]))
    return recorder
}

extension ObservabilityAPI {
    func get(_ target: String) -> Response? { answer(Request(method: "GET", target: target)) }

    /// The member `data` of the answer.
    func data(_ target: String) throws -> Value? {
        guard let response = get(target) else { return nil }
        return try Value.parse(json: response.bodyBytes)["data"]
    }
}
