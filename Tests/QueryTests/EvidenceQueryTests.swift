import Base
import Telemetry
import Testing

@testable import Query

@Suite struct EvidenceQueryTests {
    private func count(_ query: String, queries: Int = 3) throws -> Int {
        try EvidenceQuery.parse(query).matches(in: sampleRecorder(queries: queries))
    }

    @Test func `a query storm is seen in the count of SQL spans below a request`() throws {
        let query = "trace service:discounts resource:\"GET /discount\" sql_count>10"
        #expect(try count(query, queries: 12) == 1)
        #expect(try count(query, queries: 10) == 0)
    }

    @Test(arguments: [
        ("trace service:ads error:true", 1), ("trace error:true", 1), ("trace -error:true service:store", 1), ("trace service:ads error:false", 0),
        ("trace status:500", 1), ("trace status>=500", 1), ("trace status:[500 TO 599]", 1), ("trace name:flask.request", 2), ("trace type:sql", 1),
        ("trace kind:client service:discounts", 1), ("trace error.message:\"connection refused\"", 1), ("trace error.message:\"Refused\"", 1),
        ("trace error.type:AdsError", 1), ("trace error.type:Ads", 0), ("trace duration_ms>2.9", 1), ("trace duration_ms>2.9 service:discounts", 0),
        ("trace self_ms<0.6 service:store", 1), ("trace self_ms>0.6 service:store", 0), ("trace span_count:4 service:store", 1), ("trace sql_count=3 service:discounts resource:\"GET /discount\"", 1),
        ("trace @http.method:GET", 1), ("trace @db.query.summary:\"SELECT discount_types\"", 1), ("trace service:(ads OR store)", 2), ("trace version:2.0", 1),
        ("trace resource:*discount*", 1), ("trace", 2),
        ("log service:ads \"payment refused\"", 1), ("log status:error", 1), ("log", 2),
        ("event kind:deployment", 1), ("event kind:deployment service:ads title:\"ads 1.1\" @version:1.1", 1), ("event kind:restart", 0), ("event deployed", 1),
        ("metric trace.flask.request.hits", 2), ("metric trace.flask.request.hits{service=ads}", 1), ("metric trace.flask.request.errors{service=ads} > 0", 1),
        ("metric trace_flask_request_hits_total{service=\"discounts\", http_status_code=200} = 1", 1), ("metric sum:trace.flask.request.hits > 1", 1),
        ("metric sum:trace.flask.request.hits > 2", 0), ("metric p95:trace.flask.request.duration{service=discounts} > 0.001", 1),
        ("metric trace.flask.request.duration{resource_name=GET /discount} >= 0.0025", 1), ("metric count:trace.postgres.query.duration == 3", 1), ("metric unknown > 0", 0),
    ])
    func `counts what fits`(query: String, expected: Int) throws {
        #expect(try count(query) == expected)
    }

    @Test func `what began before does not count`() throws {
        let recorder = sampleRecorder()
        let later = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + 4_500_000)
        #expect(try EvidenceQuery.parse("trace").matches(in: recorder, since: later) == 1)
        #expect(try EvidenceQuery.parse("log").matches(in: recorder, since: later) == 1)
        #expect(try EvidenceQuery.parse("event").matches(in: recorder, since: later) == 0)
    }

    @Test(arguments: [
        ("traces service:ads", "trace"), ("trace servise:ads", "did you mean \"service\"?"), ("trace \"lost words\"", "needs a field"), ("event knd:x", "kind"),
        ("metric", "name of a metric"), ("metric p59:x", "p50"), ("metric x > y", "number"), ("metric x{a}", "label=value"), ("metric x{a=\"b}", "quote"), ("log service:", "value"), ("", "begins with"),
    ])
    func `mistakes say what to write`(query: String, hint: String) {
        let error = #expect(throws: QueryError.self) { try EvidenceQuery.parse(query) }
        #expect(error?.description.contains(hint) == true, "\(String(describing: error))")
    }

    @Test func `columns count from the start of the whole query`() {
        #expect(#expect(throws: QueryError.self) { try EvidenceQuery.parse("trace service:ads colour:red") }?.column == 19)
    }
}
